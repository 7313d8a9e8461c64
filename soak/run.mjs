/** Goes through a plan, and judges what came of it. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { StepError } from '../scripts/common/process.mjs';
import { StopSignal } from '../scripts/start/stop-signal.mjs';
import { inflict, renewSessions } from './faults.mjs';
import { House, WORKERS } from './house.mjs';
import { within } from './notebook.mjs';
import { KERNELS, makePlan } from './plan.mjs';
import { lastRun, readRecords } from './records.mjs';
import { sample } from './samples.mjs';
import { printResult } from './table.mjs';
import { judge, PATIENCE } from './verdict.mjs';

const SAMPLE_EVERY_MS = 500;

/** How often somebody looks whether the sign-in has ended. */
const RENEW_EVERY_MS = 2000;

/** Seconds by which a slow machine may be late; what comes later is left out. */
const GRACE = 20;

/** How long all goes on at the end without a fault, so that growth can be seen. */
const CALM_MS = 5000;

/**
 * Runs a soak, and prints its table and what isn't zero.
 *
 * @param {{seconds: number, seed: number, isShort?: boolean}} form as for `makePlan`
 * @returns {Promise<object>} the verdict, with what it is based on, and `isGood`
 */
export async function soak(form) {
  console.log(`Seed ${form.seed}`);
  // For a test of this one: so many seconds before its end a token counts as expired.
  const early = Number(process.env.CDF_AUTH_SOAK_EARLY ?? 0);
  const stop = new StopSignal();
  const result = await inHouse(form, await House.create(early), stop).finally(
    () => stop.dispose()
  );
  printResult(result);
  const wrong = Object.entries(result.columns)
    .filter(([, number]) => number > 0)
    .map(([what, number]) => `${number} ${what}`);
  const isGood = wrong.length === 0;
  const end = isGood ? 'passed' : `failed: ${wrong.join(', ')}`;
  console.log(`\nsoak (seed ${form.seed}) ${end}`);
  return { ...form, ...result, isGood };
}

async function inHouse(form, house, stop) {
  const stopped = stop.pressed.then(() => {
    throw new StepError(`Stopped (${stop.reason}).`);
  });
  const samples = [];
  const over = new AbortController();
  try {
    await Promise.race([stopped, start(house)]);
    const sampling = takeSamples(house, samples, over.signal);
    const renewing = keepRenewing(house, over.signal);
    const lifted = await Promise.race([stopped, goThrough(form, house)]);
    over.abort();
    await Promise.all([sampling, renewing]);
    const faults = house.happened;
    const verdict = judge({
      records: await readRecords(house.folder),
      ...{ faults, samples, lifted, troubles: house.troubles },
      kernels: KERNELS,
      children: WORKERS.children
    });
    return { ...verdict, faults, samples };
  } finally {
    over.abort();
    await house.close();
  }
}

async function start(house) {
  const from = performance.now();
  await house.open();
  await within(PATIENCE * 1000, () => allHaveTokens(house.folder, 1));
  const took = ((performance.now() - from) / 1000).toFixed(1);
  console.log(`The cells run after ${took} s. The faults:`);
}

/** Brings the faults about. @returns {Promise<number>} when the last was lifted, in seconds since the epoch */
async function goThrough(form, house) {
  await inLanes(makePlan(form), house, form.seconds);
  const lifted = Date.now() / 1000;
  await within(PATIENCE * 1000, () => allHaveTokens(house.folder, lifted));
  await delay(CALM_MS);
  return lifted;
}

/** The lanes side by side, and the faults of each lane one after another. */
async function inLanes(plan, house, seconds) {
  const start = performance.now();
  const until = at =>
    delay(Math.max(0, at * 1000 - (performance.now() - start)));
  const lanes = [...new Set(plan.map(({ lane }) => lane))];
  const goAlong = async lane => {
    for (const fault of plan.filter(one => one.lane === lane)) {
      await until(fault.at);
      const passed = (performance.now() - start) / 1000;
      if (passed > seconds + GRACE) {
        console.log(`  left out: ${describe(fault)}`);
        continue;
      }
      console.log(`${passed.toFixed(1).padStart(6)} s  ${describe(fault)}`);
      await inflict(fault, house);
    }
  };
  await Promise.all([...lanes.map(goAlong), until(seconds)]);
}

/** A fault in words. */
function describe({ kind, target, detail, lasts }) {
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

async function keepRenewing(house, signal) {
  while (!signal.aborted) {
    await renewSessions(house);
    await delay(RENEW_EVERY_MS, undefined, { signal }).catch(() => {});
  }
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
