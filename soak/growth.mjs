/** Whether a process that lived on has grown: the first part of its life beside the last one. */
import { median } from '../bench/lab/pairs.mjs';
import { overlaps } from './intervals.mjs';

/**
 * @typedef {{at: number, name: string, pid: number, memory: number, descriptors: number, threads: number}} ISample
 *   at a time in seconds since the epoch; the memory is what is resident, in MB
 */

/**
 * How much more each may be. Memory is generous: what Python keeps for later isn't lost. In a kernel ipykernel keeps
 * a descriptor for each thread that has published something, and sooner or later all of them have asked.
 */
const LIMITS = {
  server: { memory: 30, descriptors: 8, threads: 4 },
  kernel: { memory: 30, descriptors: 32, threads: 4 }
};

/** Seconds after a fault until all is as before. */
const SETTLE_SECONDS = 3;

/** How many samples make a part. */
const LEAST = 3;

/**
 * @param {ISample[]} samples
 * @param {import('./verdict.mjs').IHappened[]} faults during which nothing is compared: who waits has a thread more
 */
export function growthOf(samples, faults) {
  const isCalm = ({ at }) =>
    !faults.some(({ from, to }) =>
      overlaps([at, at], [from, to + SETTLE_SECONDS])
    );
  return grouped(samples.filter(isCalm)).flatMap(calm => {
    const { name, pid } = calm[0];
    const part = Math.max(LEAST, Math.floor(calm.length / 4));
    if (calm.length < 2 * part) {
      return [];
    }
    const [early, late] = [calm.slice(0, part), calm.slice(-part)];
    const limits = name === 'server' ? LIMITS.server : LIMITS.kernel;
    return Object.entries(limits).map(([what, limit]) => {
      const [from, to] = [early, late].map(some =>
        median(some.map(one => one[what]))
      );
      return { name, pid, what, from, to, isTooMuch: to - from > limit };
    });
  });
}

function grouped(samples) {
  const groups = new Map();
  for (const sample of samples) {
    const key = `${sample.name} ${sample.pid}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()];
}
