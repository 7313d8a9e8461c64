/** What is right and wrong about a benchmark's rows. */
import { StepError } from '../common/process.mjs';

/**
 * @typedef {{name: string, unit: string, ours: number, reference: number,
 *   reference_name: string, ratio: number}} IRow
 * @typedef {Record<string, {ratio?: number, ours?: number}>} ILimits by the name of the
 *   row: how large its ratio, or our own figure, may be at most
 */

/**
 * @returns {IRow} the row with its ratio
 * @throws {StepError} when something is missing in it
 */
export function complete({ name, unit, ours, reference, reference_name }) {
  const row = { name, unit, ours, reference, reference_name };
  const isNumber = value => Number.isFinite(value) && value > 0;
  if (!name || !unit || !reference_name || ![ours, reference].every(isNumber)) {
    throw new StepError(`This row is not complete: ${JSON.stringify(row)}`);
  }
  return { ...row, ratio: ours / reference };
}

/**
 * @param {IRow[]} rows
 * @param {ILimits} limits
 * @returns {string[]} a sentence for each name that isn't in both exactly once
 */
export function nameProblems(rows, limits) {
  const reported = rows.map(({ name }) => name);
  const names = new Set([...Object.keys(limits), ...reported]);
  return [...names].flatMap(name => {
    if (!Object.hasOwn(limits, name)) {
      return [`"${name}" has no limit in bench/limits.json.`];
    }
    const times = reported.filter(one => one === name).length;
    return times === 1
      ? []
      : [`"${name}" was reported ${times} times, not once.`];
  });
}

/**
 * @param {IRow[]} rows
 * @param {ILimits} limits
 * @returns {string[]} a sentence for each row that is above its limit
 */
export function missedLimits(rows, limits) {
  return rows.flatMap(row =>
    Object.entries(limits[row.name] ?? {})
      .filter(([figure, most]) => row[figure] > most)
      .map(
        ([figure, most]) =>
          `missed: ${row.name}: ${rounded(row[figure])}, at most ${most}`
      )
  );
}

/** Four digits, which is more than a measurement is good for. */
export const rounded = value => String(Number(value.toPrecision(4)));
