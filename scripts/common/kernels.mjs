/** Environments for kernels, each with what its own lock lists. */
import { rm } from 'node:fs/promises';
import { cache, envBin, root } from './paths.mjs';
import { run } from './process.mjs';
import { hashOf } from './stamp.mjs';
import { once } from './steps.mjs';

/**
 * Makes one by uv, of the environment `lab` with its tools for tests: it takes a second where pip takes ten,
 * and there are many of them.
 *
 * @param {import('./steps.mjs').IContext} context
 * @param {string} env
 * @param {{executable: string, version: number[]}} python
 * @param {string} lock the name of a file in `requirements/`
 */
export async function makeKernel(context, env, python, lock) {
  const file = `requirements/${lock}.txt`;
  const { executable, version } = python;
  const hash = await hashOf([file], executable, version.join('.'), root);
  await once(
    context,
    {
      name: `env-${env}`,
      hash,
      products: [envBin(env, 'python')],
      sentence: `Making the Python environment "${env}"`
    },
    async () => {
      const uv = (step, ...args) =>
        run(`${step}-${env}`, envBin('lab', 'uv'), args, {
          signal: context.signal
        });
      const folder = cache('envs', env);
      await rm(folder, { recursive: true, force: true });
      const common = ['--no-config', '--no-python-downloads', '--python'];
      await uv('venv', 'venv', '--no-project', ...common, executable, folder);
      const own = envBin(env, 'python');
      // As pip does: a company's network may have a certificate authority of its own.
      await uv(
        'uv-sync',
        'pip',
        'sync',
        '--system-certs',
        ...common,
        own,
        file
      );
    }
  );
}
