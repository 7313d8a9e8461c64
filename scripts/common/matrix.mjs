/**
 * The environments of the kernel matrix: each supported line of ipykernel on each
 * Python of this machine. `test/kernel/matrix` reads from `matrix.json` what there is.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { makeKernel } from './kernels.mjs';
import { cache } from './paths.mjs';
import { findPythons } from './pythons.mjs';
import { hashOf } from './stamp.mjs';
import { once, pip } from './steps.mjs';

/** Lines of ipykernel, with their locks. */
const IPYKERNELS = new Map([
  ['6.29', 'kernel-ipykernel629'],
  ['6.31', 'kernel-ipykernel6'],
  ['7', 'kernel-ipykernel7']
]);

/** Where the built `cdf-auth` is unpacked, for kernels that have it installed. */
const INSTALLED = 'cdf-auth';

/** Makes what is missing or out of date, and prints which Python isn't there. */
export async function makeMatrix(context) {
  const environments = [];
  const missing = [];
  for (const [minor, python] of await findPythons()) {
    if (!python) {
      missing.push(`3.${minor}`);
      console.log(`Python 3.${minor} isn't on this machine: not run`);
      continue;
    }
    for (const [ipykernel, lock] of IPYKERNELS) {
      const name = `matrix-py3.${minor}-ipykernel${ipykernel}`;
      await makeKernel(context, name, python, lock);
      environments.push({ name, python: `3.${minor}`, ipykernel });
    }
  }
  await installAgent(context);
  const matrix = { environments, missing, installed: INSTALLED };
  await mkdir(cache('envs'), { recursive: true });
  await writeFile(
    cache('envs', 'matrix.json'),
    `${JSON.stringify(matrix, null, 2)}\n`
  );
}

/** One folder serves all: the wheel is of pure Python, and a kernel's path names it. */
async function installAgent(context) {
  const folder = cache('envs', INSTALLED);
  await once(
    context,
    {
      name: `wheel-${INSTALLED}`,
      hash: await hashOf(['kernel'], context.python.version.join('.')),
      products: [folder],
      sentence: 'Building cdf-auth for kernels that have it installed'
    },
    async () => {
      await rm(folder, { recursive: true, force: true });
      const args = ['--no-deps', '--no-build-isolation', '--target', folder];
      await pip(context, 'wheel-cdf-auth', 'lab', [...args, './kernel']);
    }
  );
}
