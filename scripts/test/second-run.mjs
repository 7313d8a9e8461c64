/**
 * Second runs. A browser or gateway test that fails is run once more by itself, after
 * all suites. If it passes then, it is flaky: it is printed with the output of both
 * runs, and counted. Too many flaky tests fail the run.
 */

/** More flaky tests than this, and they count as failed. */
const MOST_FLAKY = 2;

/** If more tests than this fail, none is run again: so many are not flaky. */
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
      `${candidates.length} tests that could be run again failed. That is more than ${MOST_RUN_AGAIN}, so none is run again.`
    );
    return results;
  }
  const flaky = [];
  for (const { suite, failure, again } of candidates) {
    print(`Running "${failure.name}" again, by itself …`);
    const second = await again(failure).catch(error => ({
      passed: false,
      output: String(error.stack ?? error)
    }));
    print(outputOf(failure, second));
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

function outputOf({ name, output }, second) {
  const runs = second.passed
    ? ['flaky', 'the first run, which failed', 'the second run, which passed']
    : ['failed twice', 'the first run', 'the second run'];
  const [title, ...headings] = runs;
  const outputs = [output, second.output].map((text, i) =>
    [`  ── ${headings[i]}`, indented(text)].join('\n')
  );
  return [`\n${title}: ${name}`, ...outputs].join('\n');
}

const indented = text =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `  ${line}`.trimEnd())
    .join('\n');
