/** The notes that the processes of the kernels have made, as `python/soak_work/records.py` writes them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The run's name ends with the kernel's process id. */
const NAME = /^([a-z]+)\.(\d+-(\d+))\.([a-z]+(?:-\d+)?)\.jsonl$/;

/**
 * @typedef {{kernel: string, run: string, role: string, pid: number, events: object[]}} IRecord
 *   of one process in one run of the cell; the role `kernel` is the kernel itself
 */

/** @returns {Promise<IRecord[]>} those in a folder, in the order of their runs */
export async function readRecords(folder) {
  const read = await Promise.all((await namesIn(folder)).map(read_(folder)));
  // A process may have been killed before its first line.
  return read.filter(({ pid }) => pid !== undefined);
}

/** Those of the last run of a kernel's cell. */
export async function lastRun(folder, kernel) {
  const names = await namesIn(folder);
  const last = names.findLast(name => name.startsWith(`${kernel}.`));
  const run = last && NAME.exec(last)[2];
  const own = names.filter(name => name.startsWith(`${kernel}.${run}.`));
  const read = await Promise.all(own.map(read_(folder)));
  return read.filter(({ pid }) => pid !== undefined);
}

/** The name of the last run of a kernel's cell, and its kernel's process; `undefined` before the first. */
export async function currentRun(folder, kernel) {
  const names = await namesIn(folder);
  const last = names.findLast(name => name.startsWith(`${kernel}.`));
  const [, , run, pid] = (last && NAME.exec(last)) ?? [];
  return run && { run, pid: Number(pid) };
}

const namesIn = async folder =>
  (await readdir(folder)).filter(name => NAME.test(name)).sort();

const read_ = folder => async name => {
  const [, kernel, run, , role] = NAME.exec(name);
  const events = parse(await readFile(path.join(folder, name), 'utf8'));
  return { kernel, run, role, pid: events[0]?.pid, events };
};

/** The last line may not have been ended, if its process was killed in the middle of it. */
export function parse(text) {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
}
