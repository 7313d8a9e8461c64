/**
 * `npm run lock`: makes requirements/*.txt anew from requirements/*.in.
 *
 * One lock serves every platform and every Python from 3.10 on. Nothing of this
 * machine goes into it: no index, no path, no header with the command.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { envBin, root } from './common/paths.mjs';
import { parseOptions } from './common/options.mjs';
import { run } from './common/process.mjs';
import { orExplain, setup } from './setup.mjs';

/** lab.txt is a constraint of test.txt, so it comes first; the alphabet sees to that. */
async function inputs() {
  const names = await readdir(path.join(root, 'requirements'));
  return names.filter(name => name.endsWith('.in')).sort();
}

parseOptions('npm run lock --', {});
await orExplain(async () => {
  await setup({ test: true, build: false });
  for (const input of await inputs()) {
    const output = input.replace(/\.in$/, '.txt');
    await run(`lock-${input}`, envBin('lab', 'uv'), [
      'pip',
      'compile',
      '--universal',
      '--upgrade',
      '--no-config',
      '--no-header',
      '--no-emit-index-url',
      '--no-emit-find-links',
      '--python-version',
      '3.10',
      `requirements/${input}`,
      '--output-file',
      `requirements/${output}`
    ]);
    console.log(`requirements/${output}`);
  }
});
