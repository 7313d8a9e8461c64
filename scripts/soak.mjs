/**
 * `npm run soak [-- --minutes 12 --seed 1]`: a real server, real kernels and a real provider whose tokens live for
 * six seconds, with faults at random. The last line says whether all that must be zero is.
 */
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { makePlan } from '../soak/plan.mjs';
import { parseOptions } from './common/options.mjs';
import { orExplain, setup } from './setup.mjs';

const DEFAULT_MINUTES = 12;
const SHORT_SECONDS = 36;

const options = parseOptions('npm run soak --', {
  minutes: {
    type: 'number',
    value: 'N',
    minimum: 1,
    maximum: 24 * 60,
    help: `how long the faults go on (default: ${DEFAULT_MINUTES})`
  },
  short: {
    type: 'boolean',
    help: `the form that npm test has: ${SHORT_SECONDS} seconds of faults`
  },
  seed: {
    type: 'number',
    value: 'N',
    help: 'which faults: the same seed makes the same plan (default: a new one)'
  },
  plan: { type: 'boolean', help: 'print the plan, and run nothing' },
  json: { type: 'string', value: 'FILE', help: 'write the result there too' }
});

const { short = false, minutes = DEFAULT_MINUTES } = options;
const seed = options.seed ?? Math.floor(Math.random() * 1e6);
const seconds = short ? SHORT_SECONDS : minutes * 60;
const plan = makePlan({ seconds, seed, isShort: short });

if (options.plan) {
  plan.forEach(fault => console.log(JSON.stringify(fault)));
} else {
  await orExplain(main);
}

async function main() {
  await setup({ test: true });
  // Their packages are there after the set-up only.
  const { soak } = await import('../soak/run.mjs');
  const { printResult } = await import('../soak/table.mjs');
  console.log(`Seed ${seed}`);
  const result = await soak(plan, {
    seconds,
    early: Number(process.env.CDF_AUTH_SOAK_EARLY ?? 0),
    print: line => console.log(line)
  });
  printResult(result);
  if (options.json) {
    await writeFile(options.json, `${JSON.stringify({ seed, ...result })}\n`);
  }
  const { problems } = result;
  process.exitCode = problems.length ? 1 : 0;
  console.log(
    problems.length
      ? `\nsoak failed (seed ${seed}): ${problems.join('; ')}`
      : `\nsoak passed (seed ${seed})`
  );
}
