/**
 * A slip is no verdict: a test of a real browser or gateway that has failed is run once
 * more by itself, when all else has ended. If it passes then it is flaky, which is
 * printed with what both runs said; more than a few of them are a failure all the same.
 */

/** More flaky tests than this, and the run has failed. */
export const MOST_FLAKY = 2;

/** More failed tests than this are no slip, so none of them is run again. */
const MOST_RUN_AGAIN = 5;

/**
 * @typedef {import('./reports.mjs').IFailure} IFailure
 * @typedef {{passed: number, failed: number, skipped: number, flaky?: number,
 *   failures?: IFailure[], again?: (failure: IFailure) => Promise<{passed: boolean,
 *   output: string}>}} ISuiteResult
 */

/**
 * Runs each failed test that may be run again, one at a time.
 *
 * @param {Map<string, ISuiteResult>} results of the suites by their names; those with
 *   `again` let their `failures` be run again
 * @param {(line: string) => void} print
 * @returns {Promise<Map<string, ISuiteResult>>} the results with the flaky tests counted
 *   as `flaky`, and as passed unless there are too many of them
 */
export async function runAgain(results, print) {
  const candidates = [...results].flatMap(
    ([suite, { again, failures = [] }]) =>
      again ? failures.map(failure => ({ suite, failure, again })) : []
  );
  if (candidates.length > MOST_RUN_AGAIN) {
    print(
      `${candidates.length} tests failed that could be run again: too many for a slip, so none is.`
    );
    return results;
  }
  const flaky = [];
  for (const { suite, failure, again } of candidates) {
    print(`Running "${failure.name}" again, by itself …`);
    const second = await again(failure);
    print(second.passed ? told(failure, second) : toldTwice(failure, second));
    if (second.passed) {
      flaky.push(suite);
    }
  }
  const isTooMany = flaky.length > MOST_FLAKY;
  if (isTooMany) {
    print(
      `${flaky.length} tests are flaky, more than ${MOST_FLAKY}: they count as failed.`
    );
  }
  return new Map(
    [...results].map(([suite, result]) => {
      const number = flaky.filter(one => one === suite).length;
      const better = isTooMany ? 0 : number;
      return [
        suite,
        {
          ...result,
          flaky: number,
          passed: result.passed + better,
          failed: result.failed - better
        }
      ];
    })
  );
}

const told = ({ name, output }, second) =>
  [
    `\nflaky: ${name}`,
    ...section('the first run, which failed', output),
    ...section('the second run, which passed', second.output)
  ].join('\n');

const toldTwice = ({ name }, second) =>
  [`\nfailed twice: ${name}`, ...section('the second run', second.output)].join(
    '\n'
  );

const section = (title, text) => [`  ── ${title}`, indented(text)];

const indented = text =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `  ${line}`.trimEnd())
    .join('\n');
