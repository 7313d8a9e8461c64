/**
 * Makes what the clone needs, inside the clone: npm's packages, virtual
 * environments, the built extension, and its wheel in the environment `lab`.
 * What is there and current is left alone, so a second run takes a second.
 *
 *     node scripts/setup.mjs [--test] [--matrix]
 */
import process from 'node:process';
import { makeKernel } from './common/kernels.mjs';
import { makeMatrix } from './common/matrix.mjs';
import { exclusively } from './common/mutex.mjs';
import { parseOptions } from './common/options.mjs';
import { cache, envBin, isMain } from './common/paths.mjs';
import { StepError } from './common/process.mjs';
import { checkNode, findPython } from './common/python.mjs';
import {
  buildExtension,
  installNodePackages,
  installWheel,
  makeEnvironment
} from './common/steps.mjs';

/** The last one is without JupyterLab, as a job's is. */
const KERNELS = [
  'kernel-displays',
  'kernel-ipykernel6',
  'kernel-ipykernel7',
  'kernel-joblib',
  'kernel-sdk7',
  'kernel-sdk8',
  'kernel-xeus',
  'headless'
];

/**
 * @param {{test?: boolean, matrix?: boolean, build?: boolean, signal?: AbortSignal}}
 *   [options] `test` adds the tools and the kernels that the tests need, `matrix`
 *   those and every other kernel that is supported, on each Python of the machine;
 *   without `build` the extension is neither built nor installed
 * @throws {StepError} with a sentence for people, and a log where there is one
 */
export async function setup({
  matrix = false,
  test = matrix,
  build = true,
  signal
} = {}) {
  checkNode();
  const python = await findPython();
  const context = { python, signal, report };
  await exclusively(
    cache('setup.lock'),
    async () => {
      await installNodePackages(context);
      await makeEnvironment(context, 'lab', ['lab']);
      if (test) {
        await makeEnvironment(context, 'lab', ['lab', 'test']);
        for (const kernel of KERNELS) {
          await makeKernel(context, kernel, python, kernel);
        }
      }
      if (matrix) {
        await makeMatrix(context);
      }
      if (build) {
        await installWheel(context, await buildExtension(context));
      }
    },
    {
      signal,
      onWait: owner => console.log(`Waiting for another set-up: ${owner}`)
    }
  );
}

/** Runs a step and prints one line: what it does, and the seconds that it took. */
async function report(sentence, step) {
  const start = performance.now();
  process.stdout.write(`${sentence} … `);
  try {
    await step();
  } catch (error) {
    process.stdout.write('failed\n');
    throw error;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${seconds} s\n`);
}

/**
 * Runs `main`, and turns a failed step into its sentence and exit code 1.
 * Anything else is a fault of ours and keeps its stack trace.
 */
export async function orExplain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof StepError)) {
      throw error;
    }
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

if (isMain(import.meta.url)) {
  const { test, matrix } = parseOptions('node scripts/setup.mjs', {
    test: { type: 'boolean', help: 'also what the tests need' },
    matrix: {
      type: 'boolean',
      help: 'also every kernel of the matrix, on each Python that is found'
    }
  });
  await orExplain(async () => {
    await setup({ test: test || matrix, matrix });
    console.log(`Ready: ${envBin('lab', 'jupyter')}`);
  });
}
