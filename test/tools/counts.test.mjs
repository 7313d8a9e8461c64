import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  check,
  fromJest,
  fromPlaywright,
  fromPytest,
  sum
} from '../../scripts/test/reports.mjs';

/** A line of pytest-reportlog. */
const phase = (nodeid, when, outcome, more = {}) =>
  JSON.stringify({
    $report_type: 'TestReport',
    nodeid,
    when,
    outcome,
    ...more
  });

const lines = (...all) => `${all.join('\n')}\n`;

test('pytest: errors are failures, and skipped tests did not pass', () => {
  const log = lines(
    '{"pytest_version": "9.2.0", "$report_type": "SessionStart"}',
    phase('a.py::good', 'setup', 'passed'),
    phase('a.py::good', 'call', 'passed'),
    phase('a.py::good', 'teardown', 'passed'),
    phase('a.py::skipped', 'setup', 'skipped'),
    phase('a.py::skipped', 'teardown', 'passed'),
    phase('a.py::left-dirty', 'call', 'passed'),
    phase('a.py::left-dirty', 'teardown', 'failed', { longrepr: 'dirty' }),
    phase('a.py::bad', 'call', 'failed', {
      keywords: { gateway: 1 },
      longrepr: {
        chain: [
          [{ reprentries: [{ data: { lines: ['E  boom'] } }] }, null, null]
        ]
      },
      sections: [['Captured log', 'a line']]
    }),
    '{"nodeid": "b.py", "outcome": "failed", "longrepr": "no module", "$report_type": "CollectReport"}',
    '{"nodeid": "", "outcome": "passed", "$report_type": "CollectReport"}',
    '{"exitstatus": 1, "$report_type": "SessionFinish"}'
  );
  const { failures, ...counts } = fromPytest(log);
  assert.deepEqual(counts, { passed: 1, failed: 3, skipped: 1 });
  assert.deepEqual(failures, [
    { name: 'a.py::left-dirty', output: 'dirty', markers: [] },
    {
      name: 'a.py::bad',
      output: 'E  boom\n[Captured log]\na line',
      markers: ['gateway']
    },
    { name: 'b.py', output: 'no module', markers: [] }
  ]);
});

test('pytest: a run that was broken off is a failure beside its tests', () => {
  const good = phase('a.py::good', 'call', 'passed');
  const end = exitstatus =>
    JSON.stringify({ exitstatus, $report_type: 'SessionFinish' });
  assert.equal(fromPytest(lines(good, end(0))).failed, 0);
  assert.equal(fromPytest(lines(good, end(3))).failed, 1);
  assert.equal(fromPytest(lines(good)).failed, 1);
});

test('pytest: a module that skips itself counts as skipped', () => {
  const log = lines(
    '{"nodeid": "c.py", "outcome": "skipped", "longrepr": "no fork here", "$report_type": "CollectReport"}',
    '{"exitstatus": 0, "$report_type": "SessionFinish"}'
  );
  const { failures, ...counts } = fromPytest(log);
  assert.deepEqual(counts, { passed: 0, failed: 0, skipped: 1 });
  assert.deepEqual(failures, []);
});

test('jest: a file that can not be run is a failure', () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 1,
    numTodoTests: 1
  };
  const counts = fromJest(JSON.stringify(report));
  assert.deepEqual(counts, { passed: 5, failed: 2, skipped: 2 });
});

test('Playwright: flaky tests and errors outside a test are failures', () => {
  const report = {
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    errors: [{ message: 'the set-up failed' }]
  };
  const { failures, ...counts } = fromPlaywright(JSON.stringify(report));
  assert.deepEqual(counts, { passed: 5, failed: 3, skipped: 2 });
  assert.deepEqual(failures, []);
});

test('Playwright: what failed is named with what it said, in nested suites too', () => {
  const spec = (title, ok, results) => ({
    title,
    ok,
    file: 'a.spec.ts',
    tests: [{ results }]
  });
  const bad = spec('is bad', false, [
    { errors: [{ message: 'boom' }], stdout: [{ text: 'said' }] }
  ]);
  const report = {
    stats: { expected: 1, unexpected: 1, flaky: 0, skipped: 0 },
    errors: [],
    suites: [{ specs: [spec('is good', true, [])], suites: [{ specs: [bad] }] }]
  };
  assert.deepEqual(fromPlaywright(JSON.stringify(report)).failures, [
    {
      name: 'a.spec.ts › is bad',
      file: 'a.spec.ts',
      title: 'is bad',
      output: 'boom\nsaid'
    }
  ]);
});

test('counts add up', () => {
  const total = sum([check(true), check(true), check(false)]);
  assert.deepEqual(total, { passed: 2, failed: 1, skipped: 0 });
});
