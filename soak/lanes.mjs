/** Goes through a plan: the lanes side by side, and the faults of each lane one after another. */
import { setTimeout as delay } from 'node:timers/promises';
import { runFault } from './faults.mjs';

/** Seconds by which a slow machine may be late; what comes later is left out. */
const GRACE = 20;

/**
 * @param {import('./plan.mjs').IFault[]} plan
 * @param {import('./environment.mjs').SoakEnvironment} environment
 * @param {number} seconds how long it goes on at least
 * @returns {Promise<import('./plan.mjs').IFault[]>} those that were left out, as it was too late for them
 */
export async function inLanes(plan, environment, seconds) {
  const start = performance.now();
  const until = at =>
    delay(Math.max(0, at * 1000 - (performance.now() - start)));
  const leftOut = [];
  const goAlong = async lane => {
    for (const fault of plan.filter(one => one.lane === lane)) {
      await until(fault.at);
      const passed = (performance.now() - start) / 1000;
      if (passed > seconds + GRACE) {
        console.log(`  left out: ${describe(fault)}`);
        leftOut.push(fault);
        continue;
      }
      console.log(`${passed.toFixed(1).padStart(6)} s  ${describe(fault)}`);
      await runFault(fault, environment);
    }
  };
  await Promise.all([...lanesOf(plan).map(goAlong), until(seconds)]);
  return leftOut;
}

/**
 * Why a plan of which these were left out has not tested enough. A slow machine may leave out a third of its faults,
 * but no lane as a whole.
 *
 * @returns {string[]} sentences; none if it has
 */
export function shortfalls(plan, leftOut) {
  const sentences = lanesOf(plan)
    .filter(
      lane => !plan.some(one => one.lane === lane && !leftOut.includes(one))
    )
    .map(lane => `All faults of the lane "${lane}" were left out.`);
  if (leftOut.length * 3 > plan.length) {
    const counts = `${leftOut.length} of ${plan.length}`;
    sentences.push(`${counts} faults were left out, which is over a third.`);
  }
  return sentences;
}

const lanesOf = plan => [...new Set(plan.map(({ lane }) => lane))];

/** A fault in words. */
function describe({ kind, target, detail, lasts }) {
  const what = detail === undefined ? '' : ` ${detail}`;
  return `${kind} ${target}${what}${lasts ? ` for ${lasts} s` : ''}`;
}
