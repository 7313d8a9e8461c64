/** `npm run lint`: every linter, each to its end, even when one complains. */
import process from 'node:process';
import { parseOptions } from './common/options.mjs';
import { envBin, envVariables, isMain, nodeModule } from './common/paths.mjs';
import { collect } from './common/process.mjs';
import { orExplain, setup } from './setup.mjs';
import { treeProblems } from './lint/tree.mjs';

const node = (script, ...args) =>
  collect(process.execPath, [nodeModule(...script.split('/')), ...args]);

const python = (program, ...args) =>
  collect(envBin('lab', program), args, { env: envVariables('lab') });

const PACKAGES = ['kernel/cdf_auth', 'jupyterlab_cdf_auth'];
const PYTHON = [...PACKAGES, 'bench', 'scripts', 'soak', 'test'];

/** Each one resolves to an exit code and what it printed. */
const LINTERS = {
  eslint: () => node('eslint/bin/eslint.js', '--max-warnings=0', '.'),
  prettier: () =>
    node('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  stylelint: () => node('stylelint/bin/stylelint.mjs', 'style/**/*.css'),
  walls: () =>
    node(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config=.dependency-cruiser.cjs',
      'src'
    ),
  ruff: () => python('ruff', 'check', ...PYTHON),
  'ruff format': () => python('ruff', 'format', '--check', ...PYTHON),
  mypy: () => python('mypy', '--strict', ...PACKAGES),
  tree: async () => {
    const problems = await treeProblems();
    return { code: problems.length, output: problems.join('\n') };
  }
};

/** Most of them use one core only. */
const SIDE_BY_SIDE = 2;

/** @returns {Promise<Record<string, boolean>>} which linter is content */
export async function lint() {
  const results = {};
  const waiting = Object.entries(LINTERS);
  const work = async () => {
    for (let next; (next = waiting.shift());) {
      const [name, start] = next;
      const { code, output } = await start();
      console.log(`\n• ${name}\n${output.trimEnd()}`);
      results[name] = code === 0;
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  console.log('');
  for (const [name, ok] of Object.entries(results)) {
    console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}`);
  }
  return results;
}

if (isMain(import.meta.url)) {
  parseOptions('npm run lint --', {});
  await orExplain(async () => {
    await setup({ test: true, build: false });
    const results = await lint();
    process.exitCode = Object.values(results).every(Boolean) ? 0 : 1;
  });
}
