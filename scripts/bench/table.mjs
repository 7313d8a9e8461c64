/** The rows of benchmarks, for people. */
import { rounded } from './verdict.mjs';

/** @param {import('./verdict.mjs').IRow[]} rows */
export function printTable(rows) {
  const table = rows.map(row => [
    row.name,
    `${rounded(row.ours)} ${row.unit}`,
    `${rounded(row.reference)} ${row.unit} (${row.reference_name})`,
    rounded(row.ratio)
  ]);
  table.unshift(['benchmark', 'ours', 'reference', 'ratio']);
  const widths = table[0].map((_, i) =>
    Math.max(...table.map(cells => cells[i].length))
  );
  for (const cells of table) {
    const padded = cells.map((cell, i) => cell.padEnd(widths[i]));
    console.log(padded.join('  ').trimEnd());
  }
}
