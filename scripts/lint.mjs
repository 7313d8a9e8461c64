/** `npm run lint`: every linter, each to its end, even when one complains. */
import process from 'node:process';
import { parseOptions } from './common/options.mjs';
import { envBin, envVariables, isMain, nodeModule } from './common/paths.mjs';
import { stream } from './common/process.mjs';
import { orExplain, setup } from './setup.mjs';
import { treeProblems } from './lint/tree.mjs';

const node = (script, ...args) =>
  stream(process.execPath, [nodeModule(...script.split('/')), ...args]);

const python = (program, ...args) =>
  stream(envBin('lab', program), args, { env: envVariables('lab') });

const PACKAGES = ['kernel/cdf_auth', 'jupyterlab_cdf_auth'];
const PYTHON = [...PACKAGES, 'scripts', 'test'];

/** Each one resolves to an exit code. */
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
    problems.forEach(problem => console.log(problem));
    return problems.length;
  }
};

/** @returns {Promise<Record<string, boolean>>} which linter is content */
export async function lint() {
  const results = {};
  for (const [name, start] of Object.entries(LINTERS)) {
    console.log(`\n• ${name}`);
    results[name] = (await start()) === 0;
  }
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
