/** The steps of the set-up. Each one does nothing when its stamp is current. */
import path from 'node:path';
import process from 'node:process';
import { cache, envBin, envVariables, nodeModule, root } from './paths.mjs';
import { run } from './process.mjs';
import { hashOf, isCurrent, removeStamp, writeStamp } from './stamp.mjs';

/**
 * @typedef {{
 *   python: {executable: string, version: number[]},
 *   signal?: AbortSignal,
 *   report: (sentence: string, step: () => Promise<void>) => Promise<void>
 * }} IContext
 */

/** Runs a step unless it was made from this hash before. */
export async function once(
  { report },
  { name, hash, products, sentence },
  step
) {
  if (await isCurrent(name, hash, products)) {
    return;
  }
  await removeStamp(name);
  await report(sentence, step);
  await writeStamp(name, hash);
}

/** `npm ci` when the lock file has changed. */
export async function installNodePackages(context) {
  const hash = await hashOf(['package-lock.json', '.npmrc'], process.version);
  await once(
    context,
    {
      name: 'npm',
      hash,
      products: [nodeModule('.package-lock.json')],
      sentence: 'Installing the node packages'
    },
    () =>
      run('npm-ci', 'npm', ['ci', '--no-progress'], { signal: context.signal })
  );
}

/**
 * A virtual environment with what `requirements/<lock>.txt` lists.
 *
 * The first lock makes it anew; a second one, a superset of the first, is
 * installed on top, so that tests and `npm start` share JupyterLab.
 *
 * @param {IContext} context
 * @param {string} env
 * @param {string[]} locks
 */
export async function makeEnvironment(context, env, locks) {
  const { python, signal } = context;
  const lock = `requirements/${locks.at(-1)}.txt`;
  const hash = await hashOf(
    locks.map(name => `requirements/${name}.txt`),
    python.version.join('.'),
    // A virtual environment can't be moved.
    root
  );
  const extends_ = locks.length > 1;
  await once(
    context,
    {
      name: ['env', env, ...locks.slice(1)].join('-'),
      hash,
      products: [envBin(env, 'python')],
      sentence: extends_
        ? `Adding the tools for tests to the Python environment "${env}"`
        : `Making the Python environment "${env}"`
    },
    async () => {
      if (!extends_) {
        // What was added on top, and our wheel, go with the old environment.
        await removeStamp(`env-${env}-test`);
        await removeStamp(`wheel-${env}`);
        await run(
          `venv-${env}`,
          python.executable,
          ['-m', 'venv', '--clear', cache('envs', env)],
          { signal }
        );
      }
      await pip(context, `pip-${locks.at(-1)}`, env, ['-r', lock]);
    }
  );
}

/** Runs `pip install` in one of our environments. */
export function pip({ signal }, step, env, args, extra = {}) {
  const common = ['--disable-pip-version-check', '--no-input'];
  return run(
    step,
    envBin(env, 'python'),
    ['-m', 'pip', 'install', ...common, ...args],
    { env: { ...envVariables(env), ...extra }, signal }
  );
}

/** What `npm run build:prod` reads. */
const BUILD_SOURCES = [
  'kernel/cdf_auth',
  'package.json',
  'package-lock.json',
  'rspack.bridge.config.mjs',
  'rspack.config.js',
  'schema',
  'scripts/pack_agent.py',
  'scripts/python.mjs',
  'scripts/rspack',
  'src',
  'style',
  'tsconfig.json'
];

/** What else is in the wheel or decides what is. */
const WHEEL_SOURCES = [
  'LICENSE',
  'README.md',
  'install.json',
  'jupyter-config',
  'jupyterlab_cdf_auth',
  'pyproject.toml'
];

/**
 * Builds the browser part and packs the agent.
 *
 * @returns {Promise<string>} the hash of what it was built from
 */
export async function buildExtension(context) {
  const hash = await hashOf(BUILD_SOURCES);
  const output = path.join(root, 'jupyterlab_cdf_auth');
  await once(
    context,
    {
      name: 'build',
      hash,
      products: [
        path.join(output, 'labextension', 'package.json'),
        path.join(output, 'static', 'redirect.js'),
        path.join(output, '_agent.json'),
        cache('chunk-graph.json')
      ],
      sentence: 'Building the extension'
    },
    () =>
      run('build', 'npm', ['run', 'build:prod'], {
        env: envVariables('lab'),
        signal: context.signal
      })
  );
  return hash;
}

/** Installs the built extension into the environment `lab`, as a real wheel. */
export async function installWheel(context, buildHash) {
  const hash = await hashOf([...WHEEL_SOURCES, 'package.json'], buildHash);
  const args = ['--no-deps', '--no-build-isolation', '--force-reinstall', '.'];
  await once(
    context,
    {
      name: 'wheel-lab',
      hash,
      products: [envBin('lab', 'jupyter')],
      sentence: 'Installing the extension'
    },
    // The step before has built the front end; hatch needn't do it once more.
    () => pip(context, 'wheel', 'lab', args, { HATCH_BUILD_NO_HOOKS: 'true' })
  );
}
