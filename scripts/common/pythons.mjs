/** Finding every Python of this machine that the kernels are tested on. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { probe } from './python.mjs';

/** The minor versions of Python 3 that kernels may have. */
export const MINORS = [10, 11, 12, 13, 14];

const isWindows = process.platform === 'win32';

/** The commands to try for one minor version, the likeliest first. */
async function candidates(minor, environment) {
  const pyenv = path.join(
    environment.PYENV_ROOT ?? path.join(homedir(), '.pyenv'),
    'versions'
  );
  const folders = await readdir(pyenv).catch(() => []);
  // Released versions only: "3.14.0a1" or "3.13-dev" is another matter.
  const patches = folders
    .map(name => name.match(/^3\.(\d+)\.(\d+)$/))
    .filter(match => match && Number(match[1]) === minor)
    .map(match => Number(match[2]))
    .sort((one, other) => other - one);
  return [
    ...(environment.CDF_AUTH_PYTHON ? [environment.CDF_AUTH_PYTHON] : []),
    `python3.${minor}`,
    'python3',
    'python',
    ...patches.map(patch =>
      path.join(
        pyenv,
        `3.${minor}.${patch}`,
        isWindows ? 'python.exe' : 'bin/python'
      )
    )
  ];
}

/**
 * One Python for each minor version, `null` for one that isn't there.
 *
 * @returns {Promise<Map<number, {executable: string, version: number[]} | null>>}
 */
export async function findPythons(environment = process.env) {
  const probed = new Map();
  const once = command => {
    if (!probed.has(command)) {
      probed.set(command, probe(command));
    }
    return probed.get(command);
  };
  const found = new Map();
  for (const minor of MINORS) {
    found.set(minor, null);
    for (const command of await candidates(minor, environment)) {
      const python = await once(command);
      if (python?.version[0] === 3 && python.version[1] === minor) {
        found.set(minor, python);
        break;
      }
    }
  }
  return found;
}
