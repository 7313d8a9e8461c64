/** Goes through a plan, and judges what came of it. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { StepError } from '../scripts/common/process.mjs';
import { StopSignal } from '../scripts/start/stop-signal.mjs';
import { SoakEnvironment, WORKERS } from './environment.mjs';
import { inLanes, shortfalls } from './lanes.mjs';
import { within } from './notebook.mjs';
import { KERNELS, makePlan } from './plan.mjs';
import { lastRun, readRecords } from './records.mjs';
import { sample } from './samples.mjs';
import { renewSessions } from './sign-ins.mjs';
import { printResult } from './table.mjs';
import { judge, PATIENCE } from './verdict.mjs';

const SAMPLE_EVERY_MS = 500;

/** How often somebody looks whether the sign-in has ended. */
const RENEW_EVERY_MS = 2000;

/** Seconds for the first tokens: a slow machine starts 30 processes meanwhile. */
const FIRST_TOKENS_WITHIN = 60;

/** How long all goes on at the end without a fault, so that growth can be seen. */
const CALM_MS = 5000;

/**
 * Runs a soak, and prints its table and what isn't zero. Its folder is kept if it failed or a sign-in was lost.
 *
 * @param {{seconds: number, seed: number, isShort?: boolean}} form as for `makePlan`
 * @returns {Promise<object>} the verdict, with what it is based on, `leftOut` (how many faults it was too late
 *   for) and `isGood`
 */
export async function soak(form) {
  console.log(`Seed ${form.seed}`);
  // For a test of this one: so many seconds before its end a token counts as expired.
  const early = Number(process.env.CDF_AUTH_SOAK_EARLY ?? 0);
  const stop = new StopSignal();
  const environment = await SoakEnvironment.create(early);
  let mayGo = false;
  try {
    const result = await runIn(form, environment, stop);
    const isGood = report(form, result);
    mayGo = isGood && result.lostSignIns === 0;
    return { ...form, ...result, isGood };
  } finally {
    stop.dispose();
    if (mayGo) {
      await environment.remove();
    } else {
      console.log(`Records and logs, until the next soak: ${environment.home}`);
    }
  }
}

/** Prints the result; the last line says whether it is good, which is returned. */
function report({ seed }, result) {
  printResult(result);
  const wrong = Object.entries(result.columns)
    .filter(([, number]) => number > 0)
    .map(([what, number]) => `${number} ${what}`);
  const isGood = wrong.length === 0;
  const end = isGood ? 'passed' : `failed: ${wrong.join(', ')}`;
  const { leftOut, planned } = result;
  const late = leftOut
    ? ` (${leftOut} of ${planned} faults left out, as the machine was too slow)`
    : '';
  console.log(`\nsoak (seed ${seed}) ${end}${late}`);
  return isGood;
}

async function runIn(form, environment, stop) {
  const stopped = stop.pressed.then(() => {
    throw new StepError(`Stopped (${stop.reason}).`);
  });
  const samples = [];
  const over = new AbortController();
  try {
    await Promise.race([stopped, start(environment)]);
    const sampling = takeSamples(environment, samples, over.signal);
    const renewing = keepRenewing(environment, over.signal);
    const plan = makePlan(form);
    const going = goThrough(plan, environment, form.seconds);
    const { lifted, leftOut } = await Promise.race([stopped, going]);
    over.abort();
    await Promise.all([sampling, renewing]);
    const { happened: faults, driverErrors } = environment;
    const verdict = judge({
      records: await readRecords(environment.folder),
      ...{ faults, samples, lifted },
      driverErrors: [...driverErrors, ...shortfalls(plan, leftOut)],
      kernels: KERNELS,
      children: WORKERS.children
    });
    const counts = { planned: plan.length, leftOut: leftOut.length };
    return { ...verdict, ...counts, faults, samples };
  } finally {
    over.abort();
    await environment.close();
  }
}

async function start(environment) {
  const from = performance.now();
  await environment.open();
  const without = await awaitTokens(environment.folder, 1, FIRST_TOKENS_WITHIN);
  if (without.length) {
    throw new StepError(
      `Not every caller has had a token after ${FIRST_TOKENS_WITHIN} s in: ${without.join(', ')}.`
    );
  }
  const took = ((performance.now() - from) / 1000).toFixed(1);
  console.log(`The cells run after ${took} s. The faults:`);
}

/** Goes through the plan; tells when the last fault was lifted (s since the epoch), and which were left out. */
async function goThrough(plan, environment, seconds) {
  const leftOut = await inLanes(plan, environment, seconds);
  const lifted = Date.now() / 1000;
  // Who has none by then is found by the judge.
  await awaitTokens(environment.folder, lifted, PATIENCE);
  await delay(CALM_MS);
  return { lifted, leftOut };
}

/** Waits until all callers have had a token. @returns {Promise<string[]>} the kernels in which some have not */
async function awaitTokens(folder, since, seconds) {
  let without = KERNELS;
  await within(seconds * 1000, async () => {
    const have = await Promise.all(
      KERNELS.map(name => allHaveTokens(folder, name, since))
    );
    without = KERNELS.filter((_, i) => !have[i]);
    return without.length === 0;
  });
  return without;
}

async function allHaveTokens(folder, kernel, since) {
  const run = await lastRun(folder, kernel);
  return (
    run.length === WORKERS.children + 1 &&
    run.every(({ events }) => {
      const last = events.findLast(({ event }) => event === 'count');
      const good = Object.values(last?.good ?? { nobody: 0 });
      return good.every(at => at >= since);
    })
  );
}

async function keepRenewing(environment, signal) {
  while (!signal.aborted) {
    await renewSessions(environment);
    await delay(RENEW_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

async function takeSamples(environment, samples, signal) {
  while (!signal.aborted) {
    const { server, notebooks } = environment;
    const kernels = Object.entries(notebooks).map(async ([name, notebook]) =>
      sample(name, await notebook.pid())
    );
    const taken = await Promise.all([sample('server', server.pid), ...kernels]);
    samples.push(...taken.filter(Boolean));
    await delay(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
