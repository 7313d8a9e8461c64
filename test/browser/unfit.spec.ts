import { mkdir, rm, writeFile } from 'node:fs/promises';
import { home } from '../../scripts/start/workspace.mjs';
import { expect, test } from './support/lab';

/** Kernels that are Python all the same, so that their cells can tell what was done to them. */
const KERNELS = {
  'another-language': {
    language: 'julia',
    code: 'from ipykernel import kernelapp as app; app.launch_new_instance()'
  },
  'old-python': {
    language: 'python',
    code: 'import sys; from ipykernel import kernelapp as app; sys.version_info = (3, 9, 18, "final", 0); app.launch_new_instance()'
  }
};

const folder = (name: string): string => home('data', 'kernels', name);

test.beforeAll(async () => {
  for (const [name, { language, code }] of Object.entries(KERNELS)) {
    await mkdir(folder(name), { recursive: true });
    const spec = {
      argv: ['python', '-c', code, '-f', '{connection_file}'],
      display_name: name,
      language
    };
    await writeFile(`${folder(name)}/kernel.json`, JSON.stringify(spec));
  }
});

test.afterAll(async () => {
  for (const name of Object.keys(KERNELS)) {
    await rm(folder(name), { recursive: true });
  }
});

for (const [name, words] of [
  ['another-language', 'not a Python kernel'],
  ['old-python', 'needs Python 3.10 or newer']
] as const) {
  test(`a kernel of kind "${name}" is left alone, and the panel says so`, async ({
    lab
  }) => {
    await lab.open(`${name}.ipynb`, ['"get_token" in globals()'], name);
    await lab.signIn('alice');
    await expect(lab.kernels).toContainText(words);
    expect(await lab.run(0)).toContain('False');
    await expect(lab.kernels).toContainText(words);
  });
}

test('a kernel with an agent of another version is said to need a restart, and is served after it', async ({
  lab
}) => {
  await lab.open('version.ipynb', [
    `import cdf_auth, importlib
importlib.import_module("cdf_auth._protocol").VERSION = 2`,
    'len(get_token()) > 100'
  ]);
  await expect(lab.kernels).toContainText('ready');
  await lab.run(0);
  await lab.page.reload();
  await lab.page.locator('.jp-Notebook').waitFor();
  await lab.showPanel();
  await expect(lab.kernels).toContainText('another version of cdf-auth');
  await lab.signIn('alice');
  await lab.restartKernel();
  await expect(lab.kernels).toContainText('ready');
  expect(await lab.run(1)).toContain('True');
});
