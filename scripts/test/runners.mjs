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
import { stream } from '../common/process.mjs';
import {
  check,
  fromJest,
  fromJunit,
  fromNode,
  fromPlaywright,
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

const node = (script, args, env) =>
  stream(process.execPath, [script, ...args], { env });

/** Runs TypeScript's compiler as a check, once for each project. */
export async function types(projects) {
  const checks = [];
  for (const project of projects) {
    const args = ['--noEmit', '-p', project];
    const code = await node(nodeModule('typescript', 'bin', 'tsc'), args);
    checks.push(check(code === 0));
  }
  return sum(checks);
}

/** jest, with jest.config.cjs. */
export const jest = name =>
  reported(`${name}.json`, fromJest, report =>
    node(nodeModule('jest', 'bin', 'jest.js'), [
      '--json',
      `--outputFile=${report}`
    ])
  );

/** Options of pytest for tests that mostly wait for their kernels: four at a time. */
export const SIDE_BY_SIDE = ['-n', '4'];

/** The same for tests of which those of a file share a demo. */
export const FILES_SIDE_BY_SIDE = ['-n', '3', '--dist', 'loadfile'];

/** pytest in the environment "lab", for one folder or more, with further options. */
export const pytest = (name, folders, options = []) =>
  reported(`${name}.xml`, fromJunit, report =>
    stream(
      envBin('lab', 'python'),
      ['-m', 'pytest', ...[folders].flat(), `--junitxml=${report}`, ...options],
      { env: envVariables('lab') }
    )
  );

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

/** Playwright with the system's Chromium. */
export const playwright = (name, folder, chromium) =>
  reported(`${name}.json`, fromPlaywright, report =>
    node(
      nodeModule('@playwright', 'test', 'cli.js'),
      ['test', '--config', folder, '--reporter=list,json'],
      {
        ...process.env,
        CDF_AUTH_CHROMIUM: chromium,
        PLAYWRIGHT_JSON_OUTPUT_FILE: report
      }
    )
  );
