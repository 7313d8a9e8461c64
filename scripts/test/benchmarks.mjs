/** Every benchmark, as a check that it does its work. */
import { names, runBenchmarks } from '../bench/run.mjs';
import { printTable } from '../bench/table.mjs';
import { check, sum } from './reports.mjs';

/**
 * One check for each benchmark: it ran, did its work, and gave complete rows with the
 * names that `bench/limits.json` has. `deep` runs the whole forms and holds them to
 * their limits; otherwise no time counts.
 *
 * @returns {Promise<import('./reports.mjs').ICounts>}
 */
export async function benchmarks({ deep }) {
  const results = await runBenchmarks(names, !deep);
  if (deep) {
    printTable(results.flatMap(({ rows }) => rows));
  }
  return sum(
    results.map(({ problems }) => {
      problems.forEach(problem => console.error(problem));
      return check(problems.length === 0);
    })
  );
}
