/**
 * `npm run soak [-- --minutes N --seed N]`: a real server, real kernels and a real provider whose tokens live for
 * six seconds, with faults at random. The last line says whether all that must be zero is.
 */
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { LONG, makePlan, SHORT } from '../soak/plan.mjs';
import { parseOptions } from './common/options.mjs';
import { whyNotHere } from '../soak/samples.mjs';
import { StepError } from './common/process.mjs';
import { orExplain, setup } from './setup.mjs';

const DEFAULT_MINUTES = LONG.seconds / 60;

const options = parseOptions('npm run soak --', {
  minutes: {
    type: 'number',
    value: 'N',
    minimum: 1,
    maximum: 24 * 60,
    help: `how long the faults go on (default: ${DEFAULT_MINUTES})`
  },
  seed: {
    type: 'number',
    value: 'N',
    help: 'which faults: the same seed makes the same plan (default: a new one)'
  },
  short: {
    type: 'boolean',
    help: 'the form that npm test has, in the place of minutes'
  },
  plan: { type: 'boolean', help: 'print the plan, and run nothing' },
  json: { type: 'string', value: 'FILE', help: 'write the result there too' }
});

const { short, minutes = DEFAULT_MINUTES } = options;
const seed = options.seed ?? Math.floor(Math.random() * 1e6);
const form = short
  ? { ...SHORT, ...(options.seed !== undefined && { seed }) }
  : { seconds: minutes * 60, seed };

if (options.plan) {
  makePlan(form).forEach(fault => console.log(JSON.stringify(fault)));
} else {
  await orExplain(main);
  // If it was stopped, a fault may still wait for its end.
  process.exit();
}

async function main() {
  const reason = whyNotHere();
  if (reason) {
    throw new StepError(reason);
  }
  await setup({ test: true });
  // Its packages are there after the set-up only.
  const { soak } = await import('../soak/run.mjs');
  const result = await soak(form);
  if (options.json) {
    await writeFile(options.json, `${JSON.stringify(result)}\n`);
  }
  process.exitCode = result.isGood ? 0 : 1;
}
