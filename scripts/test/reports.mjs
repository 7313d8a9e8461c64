/** Counts, and what failed, from the reports that the test runners write for machines. */

/** @typedef {{passed: number, failed: number, skipped: number}} ICounts */

/**
 * A test that failed: what the runner calls it, what it printed, and what is needed to
 * choose it and to run it again.
 *
 * @typedef {{name: string, output: string, file?: string, title?: string,
 *   markers?: string[]}} IFailure
 */

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

/** Counts of a suite that can't run on this system; says so. @returns {ICounts & {mayBeEmpty: true}} */
export function notForThisSystem(sentence) {
  console.log(sentence);
  return { ...none(), skipped: 1, mayBeEmpty: true };
}

/** `jest --json`. A file that could not be run at all counts as one failure. */
export function fromJest(text) {
  const report = JSON.parse(text);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests
  };
}

/** Our own reporter for `node --test`. */
export const fromNode = text => JSON.parse(text);

/**
 * Playwright's JSON. A test that passed at a second try only did not pass.
 *
 * @returns {ICounts & {failures: IFailure[]}} a failure's `name` is its file and title
 */
export function fromPlaywright(text) {
  const { stats, errors, suites = [] } = JSON.parse(text);
  const failures = suites
    .flatMap(specsOf)
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => {
      const results = tests.flatMap(one => one.results);
      return { name: `${file} › ${title}`, file, title, output: said(results) };
    });
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    failures
  };
}

const specsOf = ({ specs = [], suites = [] }) => [
  ...specs,
  ...suites.flatMap(specsOf)
];

/** What the runs of a test have written, their errors first. */
const said = results =>
  results
    .flatMap(({ errors = [], stdout = [], stderr = [] }) => [
      ...errors.map(({ message, snippet }) =>
        [message, snippet].filter(Boolean).join('\n')
      ),
      ...[...stdout, ...stderr].map(({ text }) => text)
    ])
    .filter(Boolean)
    .join('\n');

/**
 * The log of pytest-reportlog: a line of JSON for each phase of each test. A test
 * has failed if one of its phases has; a file that can't be collected counts as one,
 * and so does a run that was broken off or never ended.
 *
 * @returns {ICounts & {failures: IFailure[]}} a failure's `name` is pytest's node id
 */
export function fromPytest(text) {
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
  const reports = lines.filter(
    ({ outcome, nodeid }) => outcome && nodeid !== undefined
  );
  const counts = { ...none(), failures: [] };
  for (const [name, all] of byTest(reports)) {
    const failed = all.filter(({ outcome }) => outcome === 'failed');
    const isTest = all.some(one => one.$report_type === 'TestReport');
    if (failed.length) {
      counts.failed++;
      const output = failed.map(phaseText).join('\n');
      const markers = Object.keys(failed[0].keywords ?? {});
      counts.failures.push({ name, output, markers });
    } else if (all.some(({ outcome }) => outcome === 'skipped')) {
      // A module that skips itself has no test that could be counted.
      counts.skipped++;
    } else if (isTest) {
      counts.passed++;
    }
  }
  const end = lines.find(one => one.$report_type === 'SessionFinish');
  // What can't be collected breaks a run off, and has been counted.
  const isUncollected = reports.some(
    one => one.$report_type === 'CollectReport' && one.outcome === 'failed'
  );
  if (!end || (end.exitstatus > TESTS_FAILED && !isUncollected)) {
    counts.failed++;
  }
  return counts;
}

/** pytest's exit code if tests failed; above it stand those of runs that were broken off. */
const TESTS_FAILED = 1;

/** `Map.groupBy`, which Node 20 doesn't have. */
function byTest(reports) {
  const groups = new Map();
  for (const report of reports) {
    groups.set(report.nodeid, [...(groups.get(report.nodeid) ?? []), report]);
  }
  return groups;
}

/** A phase's traceback, and what was captured meanwhile. */
function phaseText({ longrepr, sections = [] }) {
  const entries = (longrepr?.chain ?? [[longrepr?.reprtraceback]]).flatMap(
    ([traceback]) => traceback?.reprentries ?? []
  );
  const lines = entries.flatMap(({ data }) => data.lines ?? []);
  const text = typeof longrepr === 'string' ? longrepr : lines.join('\n');
  const captured = sections.map(([title, content]) => `[${title}]\n${content}`);
  return [text, ...captured].filter(Boolean).join('\n');
}
