/**
 * `npm run bench [-- --json FILE] [benchmark…]`: runs the benchmarks.
 *
 * Each module of `scripts/bench/` is one: its default export resolves to a list
 * of `{name, unit, ours, reference, reference_name}`, ours and the reference
 * measured alternately in one run. Adding a benchmark is adding a module.
 */
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseOptions } from './common/options.mjs';
import { root } from './common/paths.mjs';
import { StepError } from './common/process.mjs';
import { orExplain, setup } from './setup.mjs';

const folder = path.join(root, 'scripts', 'bench');

const names = readdirSync(folder)
  .filter(file => file.endsWith('.mjs'))
  .map(file => path.basename(file, '.mjs'))
  .sort();

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
  const results = [];
  for (const name of positionals.length ? positionals : names) {
    const { default: measure } = await import(`./bench/${name}.mjs`);
    results.push(...(await measure()).map(row => complete(name, row)));
  }
  print(results);
  if (json) {
    await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  }
});

/** A row with its ratio; a row that lacks a figure is a fault of the benchmark. */
function complete(benchmark, { name, unit, ours, reference, reference_name }) {
  const isNumber = value => Number.isFinite(value) && value > 0;
  if (!name || !unit || !reference_name || ![ours, reference].every(isNumber)) {
    throw new StepError(
      `The benchmark "${benchmark}" gave no complete result: ${JSON.stringify({ name, unit, ours, reference, reference_name })}`
    );
  }
  const ratio = ours / reference;
  return { name, unit, ours, reference, reference_name, ratio };
}

function print(results) {
  const short = value => String(Number(value.toPrecision(4)));
  const rows = results.map(row => [
    row.name,
    `${short(row.ours)} ${row.unit}`,
    `${short(row.reference)} ${row.unit} (${row.reference_name})`,
    short(row.ratio)
  ]);
  rows.unshift(['benchmark', 'ours', 'reference', 'ratio']);
  const widths = rows[0].map((_, i) =>
    Math.max(...rows.map(cells => cells[i].length))
  );
  for (const cells of rows) {
    console.log(
      cells
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd()
    );
  }
}
