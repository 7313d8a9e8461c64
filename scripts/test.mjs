/**
 * `npm test [-- suite…]`: sets the clone up and runs the suites, all of them even when
 * one fails. `npm test -- --deep` runs the long form of each suite that has one,
 * `--deep=SUITE` that of one suite. The last line is `N passed, N failed[, N skipped]`.
 */
import process from 'node:process';
import { parseOptions } from './common/options.mjs';
import { StepError } from './common/process.mjs';
import { setup } from './setup.mjs';
import { check, none, sum } from './test/reports.mjs';
import { runAgain } from './test/second-run.mjs';

const NAMES = [
  'lint',
  'types',
  'unit',
  'demo',
  'kernel',
  'server',
  'packaging',
  'size',
  'bench',
  'browser',
  'soak'
];

/** Suites with a long form: what takes too long for each change. */
const DEEP_NAMES = ['unit', 'kernel', 'server', 'bench', 'browser', 'soak'];

const { deep, positionals } = parseOptions(
  'npm test --',
  {
    deep: {
      type: 'choice',
      value: 'SUITE',
      choices: DEEP_NAMES,
      help: `the long forms, of all or of one of: ${DEEP_NAMES.join(', ')}`
    }
  },
  { name: 'suite', choices: NAMES, help: `some of: ${NAMES.join(', ')}` }
);
const isDeep = deep !== undefined;
const wanted = [deep, ...positionals].filter(Boolean);
const known = isDeep ? DEEP_NAMES : NAMES;
const chosen = known.filter(name => !wanted.length || wanted.includes(name));
const without = wanted.filter(name => !known.includes(name));
if (without.length) {
  console.error(
    `There is no long form of: ${without.join(', ')}. Those that have one: ${DEEP_NAMES.join(', ')}.`
  );
  process.exit(2);
}

const results = new Map();
if (await attempt('set-up', async () => void (await setup({ test: true })))) {
  // Only now are the packages there that some suites import.
  const { suites } = await import('./test/suites.mjs');
  for (const name of chosen) {
    console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
    await attempt(name, () => suites[name]({ deep: isDeep }));
  }
}
finish(await runAgain(results, line => console.log(line)));

/**
 * Runs a suite and keeps its counts; one that ran no test has failed, unless it can't run on
 * this system and has said so.
 *
 * @returns whether it could be run at all
 */
async function attempt(name, suite) {
  const start = performance.now();
  const keep = counts =>
    results.set(name, { ...counts, ms: performance.now() - start });
  try {
    const counts = await suite();
    if (counts) {
      const isEmpty = !counts.mayBeEmpty && counts.passed + counts.failed === 0;
      if (isEmpty) {
        console.error(`The suite "${name}" ran no test.`);
      }
      keep(isEmpty ? { ...counts, failed: 1 } : counts);
    }
    return true;
  } catch (error) {
    console.error(error instanceof StepError ? error.message : error);
    keep(check(false));
    return false;
  }
}

function finish(results) {
  console.log('\nsuite      passed  failed  skipped  flaky  seconds');
  for (const [name, result] of results) {
    const { passed, failed, skipped, flaky = 0, ms } = result;
    const cells = [passed, failed, skipped, flaky].map((n, i) =>
      String(n).padStart([6, 8, 9, 7][i])
    );
    const seconds = (ms / 1000).toFixed(1).padStart(9);
    console.log(`${name.padEnd(11)}${cells.join('')}${seconds}`);
  }
  const total = sum([none(), ...results.values()]);
  const skipped = total.skipped ? `, ${total.skipped} skipped` : '';
  process.exitCode = total.failed ? 1 : 0;
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
}
