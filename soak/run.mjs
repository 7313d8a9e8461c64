/** Goes through a plan, and judges what came of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { inflict } from './faults.mjs';
import { House, WORKERS } from './house.mjs';
import { within } from './notebook.mjs';
import { KERNELS } from './plan.mjs';
import { lastRun, readRecords } from './records.mjs';
import { sample } from './samples.mjs';
import { judge, PATIENCE } from './verdict.mjs';

const SAMPLE_EVERY_MS = 500;

/** Seconds by which a slow machine may be late; what comes later is left out. */
const GRACE = 20;

/** How long all goes on at the end without a fault, so that growth can be seen. */
const CALM_MS = 5000;

/**
 * @param {import('./plan.mjs').IFault[]} plan
 * @param {object} options
 * @param {number} options.seconds how long the faults go on
 * @param {number} options.early seconds by which tokens are taken to end earlier, for tests
 * @param {(line: string) => void} options.print
 */
export async function soak(plan, { seconds, early, print }) {
  const house = await House.create(early);
  const samples = [];
  const over = new AbortController();
  const start = performance.now();
  try {
    await house.open();
    await within(PATIENCE * 1000, () => allHaveTokens(house.folder, 1));
    const took = ((performance.now() - start) / 1000).toFixed(1);
    print(`The cells run after ${took} s. Faults for ${seconds} s:`);
    const sampling = takeSamples(house, samples, over.signal);
    await goThrough(plan, house, seconds, print);
    const lifted = Date.now() / 1000;
    await within(PATIENCE * 1000, () => allHaveTokens(house.folder, lifted));
    await delay(CALM_MS);
    over.abort();
    await sampling;
    const verdict = judge({
      records: await readRecords(house.folder),
      faults: house.happened,
      samples,
      kernels: KERNELS,
      children: WORKERS.children,
      lifted
    });
    const { troubles } = house;
    return { ...verdict, troubles, faults: house.happened, samples };
  } finally {
    over.abort();
    await house.close();
  }
}

/** The lanes side by side, and the faults of each lane one after another. */
async function goThrough(plan, house, seconds, print) {
  const start = performance.now();
  const until = at =>
    delay(Math.max(0, at * 1000 - (performance.now() - start)));
  const lanes = [...new Set(plan.map(({ lane }) => lane))];
  const goAlong = async lane => {
    for (const fault of plan.filter(one => one.lane === lane)) {
      await until(fault.at);
      const passed = (performance.now() - start) / 1000;
      if (passed > seconds + GRACE) {
        print(`  left out: ${describe(fault)}`);
        continue;
      }
      print(`${passed.toFixed(1).padStart(6)} s  ${describe(fault)}`);
      await inflict(fault, house);
    }
  };
  await Promise.all([...lanes.map(goAlong), until(seconds)]);
}

/** A fault in words. */
export function describe({ kind, target, detail, lasts }) {
  const what = detail === undefined ? '' : ` ${detail}`;
  return `${kind} ${target}${what}${lasts ? ` for ${lasts} s` : ''}`;
}

async function allHaveTokens(folder, since) {
  const runs = await Promise.all(KERNELS.map(name => lastRun(folder, name)));
  return runs.every(
    run =>
      run.length === WORKERS.children + 1 &&
      run.every(({ events }) => {
        const last = events.findLast(({ event }) => event === 'count');
        const good = Object.values(last?.good ?? { nobody: 0 });
        return good.every(at => at >= since);
      })
  );
}

async function takeSamples(house, samples, signal) {
  while (!signal.aborted) {
    const { server, notebooks } = house;
    const kernels = Object.entries(notebooks).map(async ([name, notebook]) =>
      sample(name, await notebook.pid())
    );
    const taken = await Promise.all([sample('server', server.pid), ...kernels]);
    samples.push(...taken.filter(Boolean));
    await delay(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
