import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAgain } from '../../scripts/test/second-run.mjs';

/** Results of a suite in which these tests failed; those named in `slips` pass the second time. */
function failing(names, slips = []) {
  const asked = [];
  const suite = {
    passed: 10,
    failed: names.length,
    skipped: 0,
    failures: names.map(name => ({ name, output: `${name} failed at first` })),
    again: async ({ name }) => {
      asked.push(name);
      return { passed: slips.includes(name), output: `${name} again` };
    }
  };
  return { suite, asked };
}

async function run(results) {
  const lines = [];
  const after = await runAgain(new Map(Object.entries(results)), line =>
    lines.push(line)
  );
  const counts = Object.fromEntries(
    [...after].map(([name, { passed, failed, flaky = 0 }]) => [
      name,
      { passed, failed, flaky }
    ])
  );
  return { counts, said: lines.join('\n') };
}

test('a test that passes the second time is flaky, and printed with both outputs', async () => {
  const { suite } = failing(['slips', 'breaks'], ['slips']);
  const { counts, said } = await run({ browser: suite });
  assert.deepEqual(counts.browser, { passed: 11, failed: 1, flaky: 1 });
  assert.match(said, /flaky: slips[^]*slips failed at first[^]*slips again/);
  assert.match(said, /failed twice: breaks[^]*breaks again/);
});

test('two flaky tests are tolerated, of different suites as well', async () => {
  const { counts } = await run({
    server: failing(['a'], ['a']).suite,
    browser: failing(['b'], ['b']).suite
  });
  assert.deepEqual(counts, {
    server: { passed: 11, failed: 0, flaky: 1 },
    browser: { passed: 11, failed: 0, flaky: 1 }
  });
});

test('three flaky tests fail the run', async () => {
  const { counts, said } = await run({
    server: failing(['a'], ['a']).suite,
    browser: failing(['b', 'c'], ['b', 'c']).suite
  });
  assert.deepEqual(counts, {
    server: { passed: 10, failed: 1, flaky: 1 },
    browser: { passed: 10, failed: 2, flaky: 2 }
  });
  assert.match(said, /3 tests are flaky, more than 2/);
});

test('a second run that can not be made is a failure', async () => {
  const { suite } = failing(['a']);
  const again = () => Promise.reject(new Error('no report'));
  const { counts, said } = await run({ browser: { ...suite, again } });
  assert.deepEqual(counts.browser, { passed: 10, failed: 1, flaky: 0 });
  assert.match(said, /failed twice: a[^]*no report/);
});

test('if many tests fail, none is run again', async () => {
  const { suite, asked } = failing(['a', 'b', 'c', 'd', 'e', 'f']);
  const { counts, said } = await run({ browser: suite });
  assert.deepEqual(asked, []);
  assert.equal(counts.browser.failed, 6);
  assert.match(said, /more than 5, so none is run again/);
});

test('a suite whose tests are never run again keeps its failures', async () => {
  const { suite } = failing(['a'], ['a']);
  const { counts } = await run({ unit: { ...suite, again: undefined } });
  assert.equal(counts.unit.failed, 1);
});

test('a failure that is no test of its own stays one', async () => {
  const { suite } = failing(['a'], ['a']);
  // The runner itself failed, too: one more than there are tests.
  const { counts } = await run({ browser: { ...suite, failed: 2 } });
  assert.deepEqual(counts.browser, { passed: 11, failed: 1, flaky: 1 });
});
