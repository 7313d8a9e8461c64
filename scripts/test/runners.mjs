/** How each kind of test is run: output to the terminal, counts from a report. */
import { readdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {
  cache,
  envBin,
  envVariables,
  nodeModule,
  root
} from '../common/paths.mjs';
import { collect, stream } from '../common/process.mjs';
import {
  check,
  fromJest,
  fromNode,
  fromPlaywright,
  fromPytest,
  none,
  sum
} from './reports.mjs';

/**
 * Runs a test runner and reads its report. A runner that fails without one
 * failed test in its report counts as one failure, and so does one without a
 * report.
 */
async function reported(name, parse, start) {
  const report = cache('reports', name);
  await mkdir(path.dirname(report), { recursive: true });
  await rm(report, { force: true });
  const code = await start(report);
  const text = await readFile(report, 'utf8').catch(() => null);
  if (!text) {
    // An event loop that runs dry ends Node with 0, in the middle of a run.
    console.error(`The runner ended with ${code} and without a report.`);
    return check(false);
  }
  const counts = parse(text);
  if (code !== 0 && counts.failed === 0) {
    counts.failed = 1;
  }
  return counts;
}

/** The tests themselves read whether they are to take their long form. */
const deepVariables = deep => ({ CDF_AUTH_DEEP: deep ? '1' : '' });

/**
 * Runs one test once more and collects its output.
 *
 * @returns {Promise<{passed: boolean, output: string}>} whether it ran and passed, and
 *   what the runner printed
 */
async function again(name, parse, start) {
  let output = '';
  const counts = await reported(`again-${name}`, parse, async report => {
    const ended = await start(report);
    output = ended.output;
    return ended.code;
  });
  return { passed: counts.passed === 1 && counts.failed === 0, output };
}

const node = (script, args, env) =>
  stream(process.execPath, [script, ...args], { env });

/** Runs TypeScript's compiler as a check, once for each project, side by side. */
export async function types(projects) {
  const checks = await Promise.all(
    projects.map(async project => {
      const args = ['--noEmit', '-p', project];
      const code = await node(nodeModule('typescript', 'bin', 'tsc'), args);
      return check(code === 0);
    })
  );
  return sum(checks);
}

/** jest, with jest.config.cjs. */
export const jest = (name, { deep = false } = {}) =>
  reported(`${name}.json`, fromJest, report =>
    node(
      nodeModule('jest', 'bin', 'jest.js'),
      ['--json', `--outputFile=${report}`],
      { ...process.env, ...deepVariables(deep) }
    )
  );

/** Options of pytest for tests that mostly wait for their kernels. */
export const SIDE_BY_SIDE = ['-n', '6'];

/** The same for tests of which those of a file share a demo. */
export const FILES_SIDE_BY_SIDE = ['-n', '5', '--dist', 'loadfile'];

/**
 * pytest in the environment "lab".
 *
 * @param {string} name of the report
 * @param {string | string[]} what folders, files, or node ids
 * @param {string[]} [options]
 * @param {{deep?: boolean}} [form]
 */
export const pytest = (name, what, options = [], { deep = false } = {}) =>
  reported(`${name}.jsonl`, fromPytest, report =>
    stream(...pytestCommand([...[what].flat(), ...options], deep, report))
  );

/** One test of pytest, by itself. @param {string} id pytest's node id */
export const pytestAgain = (id, { deep = false } = {}) =>
  again('pytest', fromPytest, report =>
    collect(...pytestCommand([id], deep, report))
  );

const pytestCommand = (args, deep, report) => [
  envBin('lab', 'python'),
  ['-m', 'pytest', ...args, `--report-log=${report}`],
  { env: { ...envVariables('lab'), ...deepVariables(deep) } }
];

/** The `*.test.mjs` of a folder, with Node's own runner; `env` adds to the environment. */
export function nodeTests(name, folder, env = {}) {
  const files = readdirSync(path.join(root, folder), { recursive: true })
    .filter(file => file.endsWith('.test.mjs'))
    .map(file => path.join(folder, file));
  if (!files.length) {
    // Without a file Node would go and look for tests by itself.
    return none();
  }
  return reported(`${name}.json`, fromNode, report =>
    node(
      '--test',
      [
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        '--test-reporter=./scripts/test/node-reporter.mjs',
        `--test-reporter-destination=${report}`,
        ...files
      ],
      { ...process.env, ...env }
    )
  );
}

/** Playwright with the system's Chromium. With `deep` the tests take their long form. */
export const playwright = (name, folder, chromium, { deep = false } = {}) =>
  reported(`${name}.json`, fromPlaywright, report =>
    stream(...playwrightCommand(folder, [], { chromium, deep, report }))
  );

let secondRuns = 0;

/** One test of Playwright, by itself. */
export const playwrightAgain = (folder, chromium, { file, title }, { deep }) =>
  again('playwright', fromPlaywright, report =>
    collect(
      ...playwrightCommand(
        folder,
        [
          ...[file, '--grep', `${escaped(title)}$`, '--trace', 'on'],
          // Playwright empties its folder first, and the first run left a screenshot in it.
          ...['--output', `test-results/again-${(secondRuns += 1)}`]
        ],
        { chromium, deep, report }
      )
    )
  );

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const playwrightCommand = (folder, args, { chromium, deep, report }) => [
  process.execPath,
  [
    nodeModule('@playwright', 'test', 'cli.js'),
    ...['test', '--config', folder, '--reporter=list,json', ...args]
  ],
  {
    env: {
      ...process.env,
      ...deepVariables(deep),
      CDF_AUTH_CHROMIUM: chromium,
      PLAYWRIGHT_JSON_OUTPUT_FILE: report
    }
  }
];
