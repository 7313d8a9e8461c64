/** Counts from the reports that the test runners write for machines. */

/** @typedef {{passed: number, failed: number, skipped: number}} ICounts */

export const none = () => ({ passed: 0, failed: 0, skipped: 0 });

/** The sum of counts. */
export function sum(all) {
  const total = none();
  for (const counts of all) {
    for (const key of Object.keys(total)) {
      total[key] += counts[key];
    }
  }
  return total;
}

/** One check: passed or failed. */
export const check = ok => ({ ...none(), [ok ? 'passed' : 'failed']: 1 });

/** `jest --json`. A file that could not be run at all counts as one failure. */
export function fromJest(text) {
  const report = JSON.parse(text);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests
  };
}

/** Playwright's JSON. A test that passed at a second try only did not pass. */
export function fromPlaywright(text) {
  const { stats, errors } = JSON.parse(text);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped
  };
}

/** pytest's JUnit XML: the attributes of its test suites. */
export function fromJunit(text) {
  const suites = [...text.matchAll(/<testsuite\s([^>]*)>/g)].map(
    ([, attributes]) => {
      const number = name =>
        Number(attributes.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
      const failed = number('failures') + number('errors');
      const skipped = number('skipped');
      return { passed: number('tests') - failed - skipped, failed, skipped };
    }
  );
  return sum(suites);
}

/** Our own reporter for `node --test`. */
export const fromNode = text => JSON.parse(text);
