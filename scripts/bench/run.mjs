/**
 * Runs benchmarks. Each module of `bench/` is one: its default export resolves to a list
 * of `{name, unit, ours, reference, reference_name}`, ours and the reference measured
 * alternately in one run, and throws if the work that it measures wasn't done.
 *
 * It is called with `{short, lab}`: `short` asks for the same work fewer times, and
 * `lab()` resolves to JupyterLab's address and a browser.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Lab } from '../../bench/lab/lab.mjs';
import { root } from '../common/paths.mjs';
import { StepError } from '../common/process.mjs';
import { complete, missedLimits, nameProblems } from './verdict.mjs';

const folder = path.join(root, 'bench');

/** All that there are. */
export const names = readdirSync(folder)
  .filter(file => file.endsWith('.mjs'))
  .map(file => path.basename(file, '.mjs'))
  .sort();

/** @returns {Record<string, import('./verdict.mjs').ILimits>} by benchmark */
export const readLimits = () =>
  JSON.parse(readFileSync(path.join(folder, 'limits.json'), 'utf8'));

/** A short one counts no time, so another may run beside it. */
const SHORT_SIDE_BY_SIDE = 2;

/**
 * @typedef {{rows: import('./verdict.mjs').IRow[], problems: string[]}} IResult of a
 *   benchmark, with a line for each thing that is wrong
 */

/**
 * @param {string[]} chosen
 * @param {boolean} short
 * @returns {Promise<IResult[]>} one for each benchmark, as of `runAll`
 */
export async function runBenchmarks(chosen, short) {
  const lab = new Lab();
  const measureOf = name => async () => {
    const { default: measure } = await import(`../../bench/${name}.mjs`);
    try {
      return await measure({ short, lab: () => lab.open() });
    } finally {
      if (!short) {
        // What one has left behind would count for the next.
        await lab.close();
      }
    }
  };
  const measures = chosen.map(name => [name, measureOf(name)]);
  const results = await runAll(
    Object.fromEntries(measures),
    readLimits(),
    short
  );
  const { failure } = await attempt(() => lab.close());
  return failure ? [...results, { rows: [], problems: [failure] }] : results;
}

/**
 * Runs benchmarks. What one throws is its problem, and the others go on.
 *
 * @param {Record<string, () => Promise<object[]>>} measures
 * @param {Record<string, import('./verdict.mjs').ILimits>} allLimits
 * @param {boolean} short whether they aren't compared with their limits
 * @param {(line: string) => void} [print]
 * @returns {Promise<IResult[]>} in the order in which they have ended
 */
export async function runAll(
  measures,
  allLimits,
  short,
  print = line => console.log(line)
) {
  const waiting = Object.entries(measures);
  const results = [];
  const work = async () => {
    while (waiting.length) {
      const [name, measure] = waiting.shift();
      const start = performance.now();
      const result = await runOne(name, measure, allLimits[name] ?? {}, short);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      print(`${name}: ${result.rows.length} results, ${seconds} s`);
      results.push(result);
    }
  };
  const length = short ? SHORT_SIDE_BY_SIDE : 1;
  await Promise.all(Array.from({ length }, work));
  return results;
}

async function runOne(name, measure, limits, short) {
  const { value: rows = [], failure } = await attempt(async () =>
    (await measure()).map(complete)
  );
  const failures = failure ? [failure] : nameProblems(rows, limits);
  const missed = short ? [] : missedLimits(rows, limits);
  return {
    rows,
    problems: [...failures.map(why => `failed: ${name}: ${why}`), ...missed]
  };
}

/** What comes of `work`, or a text that says why nothing does. */
async function attempt(work) {
  try {
    return { value: await work() };
  } catch (error) {
    const isSentence =
      error instanceof StepError || error.code === 'ERR_ASSERTION';
    return { failure: isSentence ? error.message : error.stack };
  }
}
