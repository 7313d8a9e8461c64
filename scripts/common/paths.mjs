/** Where things are inside the clone. Everything that is made lies in `.cache/`. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(
  /[\\/]$/,
  ''
);

const isWindows = process.platform === 'win32';

/** A path inside `.cache/`. */
export const cache = (...parts) => path.join(root, '.cache', ...parts);

/** A program of one of our virtual environments. */
export const envBin = (env, program) =>
  cache('envs', env, isWindows ? 'Scripts' : 'bin', program ?? '');

/** A program that npm installed, as a script for `process.execPath`. */
export const nodeModule = (...parts) =>
  path.join(root, 'node_modules', ...parts);

/**
 * An environment in which the programs of a virtual environment come first and
 * no setting of another Python interferes.
 */
export function envVariables(env, base = process.env) {
  const variables = { ...base, VIRTUAL_ENV: cache('envs', env) };
  delete variables.PYTHONHOME;
  delete variables.PYTHONPATH;
  // As users have it: Python keeps what it has compiled. A kernel takes twice as long to start without.
  delete variables.PYTHONDONTWRITEBYTECODE;
  variables.PATH = `${path.dirname(envBin(env, 'python'))}${path.delimiter}${base.PATH ?? ''}`;
  return variables;
}

/** Whether the module with this `import.meta.url` is the program that was started. */
export function isMain(url) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(url);
}
