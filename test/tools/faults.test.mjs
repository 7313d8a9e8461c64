import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  HOLDERS,
  OUTCOMES,
  PAGE,
  page,
  readRows
} from '../../scripts/faults.mjs';

const rows = await readRows();
const holders = Object.keys(HOLDERS);
const kind = outcome => outcome.split(' ')[0];

test('the page says what the table does', async () => {
  assert.equal(await readFile(PAGE, 'utf8'), page(rows), 'Run: npm run faults');
});

test('a row has an outcome for each holder, and nothing that nobody reads', () => {
  for (const row of rows) {
    assert.deepEqual(
      Object.keys(row).sort(),
      [...holders, 'what', 'help', 'faults'].sort(),
      row.what
    );
    for (const holder of holders) {
      // A code, or the error of OAuth itself.
      assert.match(row[holder], /^(-|\S+ ([a-z_]+|\{error\}))$/, row.what);
      assert.ok(kind(row[holder]) in OUTCOMES, row[holder]);
    }
    assert.ok(row.faults.length > 0, row.what);
  }
});

test("a fault differs from its row in the code only, which the page doesn't show", () => {
  const known = [
    ...['name', 'at', 'only', 'event', 'delay', 'status', 'type', 'location'],
    ...['body', 'claims']
  ];
  for (const row of rows) {
    for (const fault of row.faults) {
      for (const key of Object.keys(fault)) {
        assert.ok(known.includes(key) || holders.includes(key), key);
      }
      for (const holder of holders.filter(name => name in fault)) {
        assert.equal(kind(fault[holder]), kind(row[holder]), fault.name);
        assert.notEqual(fault[holder], row[holder], fault.name);
      }
      assert.equal('event' in fault, !('status' in fault), fault.name);
      assert.ok(!('body' in fault && 'claims' in fault), fault.name);
    }
  }
});

test('each fault has a name of its own', () => {
  const names = rows.flatMap(row => row.faults.map(({ name }) => name));
  assert.deepEqual(names, [...new Set(names)]);
});
