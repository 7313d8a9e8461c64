/** Child processes: quiet ones with a log, loud ones with the terminal. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { cache, root } from './paths.mjs';

/** A step of the set-up that failed; the message is for people. */
export class StepError extends Error {}

const TAIL_LINES = 25;

/** The last lines of a log. */
export async function tail(file, lines = TAIL_LINES) {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** The exit code that a shell would show: 128 and the signal's number for a signal. */
const exitCode = (code, signal) =>
  code ?? 128 + (constants.signals[signal] ?? 0);

/** npm is a script on Windows, which only a shell can start. */
const shellFor = command => process.platform === 'win32' && command === 'npm';

/**
 * Runs a program with its whole output in `.cache/logs/<step>.log`.
 *
 * @param {string} step names the log
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: object, signal?: AbortSignal}} [options]
 * @throws {StepError} with the tail of the log when the program fails
 */
export async function run(step, command, args, { env, signal } = {}) {
  const log = cache('logs', `${step}.log`);
  await mkdir(path.dirname(log), { recursive: true });
  const output = createWriteStream(log);
  output.write(`$ ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, {
    cwd: root,
    env,
    shell: shellFor(command),
    signal,
    stdio: ['ignore', 'pipe', 'pipe']
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(output, { end: false });
  }
  const problem = await ended(child);
  await new Promise(resolve => output.end(resolve));
  if (problem) {
    throw new StepError(
      `${problem}\n${await tail(log)}\n\nThe whole output: ${log}`,
      { cause: signal?.reason }
    );
  }
}

/** Resolves to what went wrong with a child, or to `undefined`. */
function ended(child) {
  const name = path.basename(child.spawnfile);
  return new Promise(resolve => {
    child.once('error', error => resolve(`${name}: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(
        code === 0
          ? undefined
          : `${name} ended with ${signal ?? `code ${code}`}.`
      )
    );
  });
}

/**
 * Runs a program with the terminal's output.
 *
 * @returns {Promise<number>} its exit code; 127 when it could not be started
 */
export function stream(command, args, { env } = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env,
    shell: shellFor(command),
    stdio: ['ignore', 'inherit', 'inherit']
  });
  return new Promise(resolve => {
    child.once('error', error => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}

/**
 * Runs a program and keeps what it prints, on stdout and stderr alike.
 *
 * @returns {Promise<{code: number, output: string}>} its exit code as of `stream`
 */
export async function collect(command, args, { env } = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let output = '';
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.setEncoding('utf8').on('data', chunk => (output += chunk));
  }
  const code = await new Promise(resolve => {
    child.once('error', error => {
      output += `${command}: ${error.message}\n`;
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(exitCode(code, signal)));
  });
  return { code, output };
}
