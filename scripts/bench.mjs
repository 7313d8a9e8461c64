/**
 * `npm run bench [-- --json FILE] [benchmark…]`: runs the benchmarks of `bench/`, and
 * compares them with the limits of `bench/limits.json`. One that fails doesn't keep the
 * others from being reported.
 */
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { names, runBenchmarks } from './bench/run.mjs';
import { printTable } from './bench/table.mjs';
import { parseOptions } from './common/options.mjs';
import { orExplain, setup } from './setup.mjs';

const { json, positionals } = parseOptions(
  'npm run bench --',
  {
    json: { type: 'string', value: 'FILE', help: 'write the results there too' }
  },
  {
    name: 'benchmark',
    choices: names,
    help: `some of: ${names.join(', ')}`
  }
);

await orExplain(async () => {
  await setup({ test: true });
  const results = await runBenchmarks(
    positionals.length ? positionals : names,
    false
  );
  const rows = results.flatMap(result => result.rows);
  printTable(rows);
  if (json) {
    await writeFile(json, `${JSON.stringify(rows, null, 2)}\n`);
  }
  const problems = results.flatMap(result => result.problems);
  problems.forEach(problem => console.error(problem));
  process.exitCode = problems.length ? 1 : 0;
});
