import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { cache, envBin } from '../../scripts/common/paths.mjs';
import { home } from '../../scripts/start/workspace.mjs';
import { SHORT, expect, setTokenLifetime, test } from './support/lab';

/** Kernels that are there for these tests only, not for who tries the demo. */
const KERNELS = { xpython: [], 'xpython-raw': ['--raw'] };

const folder = (name: string): string => home('data', 'kernels', name);

const python = envBin('kernel-xeus', 'python');

async function hasWheel(): Promise<boolean> {
  const place = cache('envs', 'kernel-xeus');
  return (
    existsSync(python) &&
    (await readdir(place, { recursive: true })).some(file =>
      file.endsWith('xpython_launcher.py')
    )
  );
}

test.beforeAll(async () => {
  test.skip(
    !(await hasWheel()),
    "xeus-python isn't installed: there is no wheel of it for this machine"
  );
  for (const [name, more] of Object.entries(KERNELS)) {
    await mkdir(folder(name), { recursive: true });
    const spec = {
      argv: [
        ...[python, '-m', 'xpython_launcher'],
        ...['-f', '{connection_file}', ...more]
      ],
      display_name: name,
      language: 'python'
    };
    await writeFile(`${folder(name)}/kernel.json`, JSON.stringify(spec));
  }
});

test.afterAll(async () => {
  for (const name of Object.keys(KERNELS)) {
    await rm(folder(name), { recursive: true, force: true });
  }
});

test('a kernel of xeus-python is served, in a busy cell and after a restart', async ({
  lab
}) => {
  const twoTokens = `import time
seen = set()
while len(seen) < 2:
    seen.add(str(get_token()))
    time.sleep(0.1)
print(len(seen), "tokens")`;
  await setTokenLifetime(SHORT);
  await lab.open(
    'xeus.ipynb',
    [twoTokens, 'print(len(get_token()) > 100)'],
    'xpython'
  );
  await expect(lab.kernels).toContainText('ready');
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain('2 tokens');
  await expect(lab.kernels).toContainText('token used');
  await lab.restartKernel();
  await expect(lab.kernels).toContainText('ready');
  expect(await lab.run(1)).toContain('True');
});

test('a "raw" kernel of xeus-python is left alone, and the panel says so', async ({
  lab
}) => {
  await lab.open(
    'raw.ipynb',
    ['print("get_token" in globals())'],
    'xpython-raw'
  );
  await lab.signIn('alice');
  await expect(lab.kernels).toContainText('needs ipykernel 6.29 or newer');
  expect(await lab.run(0)).toContain('False');
});
