/** A benchmark in Python. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { envBin, envVariables, root } from '../../scripts/common/paths.mjs';
import { StepError } from '../../scripts/common/process.mjs';

/** More than any of them takes; one that hangs must not stop the others. */
const LIMIT_MS = 15 * 60_000;

/**
 * Runs a program of this folder, which prints its rows as JSON.
 *
 * @param {string} program
 * @param {boolean} short
 * @throws {StepError} that begins with the last line that a failed program wrote
 */
export async function rowsOf(program, short) {
  const args = [path.join('bench', 'python', program)];
  try {
    const { stdout, stderr } = await promisify(execFile)(
      envBin('lab', 'python'),
      short ? [...args, '--short'] : args,
      { cwd: root, env: envVariables('lab'), timeout: LIMIT_MS }
    );
    process.stderr.write(stderr);
    return JSON.parse(stdout);
  } catch (error) {
    const said = (error.stderr || error.message).trim();
    const sentence = said.split('\n').at(-1);
    throw new StepError(
      `${sentence.replace(/^AssertionError: /, '')}\n\n${said}`
    );
  }
}
