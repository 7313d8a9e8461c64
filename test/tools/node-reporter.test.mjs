import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const reporter = fileURLToPath(
  new URL('../../scripts/test/node-reporter.mjs', import.meta.url)
);

/** What the reporter says about a file of tests. */
async function count(source) {
  const folder = await mkdtemp(path.join(tmpdir(), 'reporter-'));
  try {
    const file = path.join(folder, 'some.test.mjs');
    await writeFile(
      file,
      `import { describe, test } from 'node:test';${source}`
    );
    const env = { ...process.env };
    // Or the inner runner takes itself for a part of this one.
    delete env.NODE_TEST_CONTEXT;
    const args = ['--test', `--test-reporter=${reporter}`, file];
    return await new Promise(resolve =>
      execFile(process.execPath, args, { env }, (_, stdout) =>
        resolve(JSON.parse(stdout))
      )
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('tests are counted, groups of tests are not', async () => {
  const counts = await count(`
    describe('group', () => {
      test('passes', () => {});
      test('fails', () => { throw new Error('x'); });
      test('is skipped', { skip: 'why' }, () => {});
      test('is to be done', { todo: true }, () => {});
    });
    test('passes too', () => {});`);
  assert.deepEqual(counts, { passed: 2, failed: 1, skipped: 2 });
});

test('a file that can not be loaded is a failure', async () => {
  const counts = await count("import './missing.mjs';");
  assert.deepEqual(counts, { passed: 0, failed: 1, skipped: 0 });
});
