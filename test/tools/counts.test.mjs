import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  check,
  fromJest,
  fromJunit,
  fromPlaywright,
  sum
} from '../../scripts/test/reports.mjs';

test('pytest: errors are failures, and skipped tests did not pass', () => {
  const xml =
    '<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1.5"><testcase name="tests=\'99\'"/></testsuite></testsuites>';
  assert.deepEqual(fromJunit(xml), { passed: 4, failed: 3, skipped: 3 });
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
  const counts = fromPlaywright(JSON.stringify(report));
  assert.deepEqual(counts, { passed: 5, failed: 3, skipped: 2 });
});

test('counts add up', () => {
  const total = sum([check(true), check(true), check(false)]);
  assert.deepEqual(total, { passed: 2, failed: 1, skipped: 0 });
});
