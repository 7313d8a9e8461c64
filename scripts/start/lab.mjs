/** JupyterLab as a child process. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { envBin } from '../common/paths.mjs';
import { StepError, tail } from '../common/process.mjs';
import { home, labVariables, notebooks } from './workspace.mjs';

const POLL_MS = 200;
const READY_WITHIN_S = 120;

/** Time for kernels to shut down; Jupyter itself gives each of them five seconds. */
const STOP_WITHIN_MS = 20_000;

export class Lab {
  /**
   * Starts `jupyter lab`; it is up when `ready()` resolves.
   *
   * @param {object} options
   * @param {number} options.port
   * @param {boolean} options.browser whether Jupyter opens one
   * @param {string} [options.token] that of a server whose place this one takes
   * @param {string} [options.log] the name of its log
   * @param {string[]} [options.settings] more arguments for it
   */
  constructor({
    port,
    browser,
    token = newToken(),
    log = 'jupyter',
    settings = []
  }) {
    this._base = `http://localhost:${port}`;
    this._token = token;
    this.url = `${this._base}/lab?token=${token}`;
    this.log = home('logs', `${log}.log`);
    mkdirSync(home('logs'), { recursive: true });
    const args = [...arguments_(port, browser), ...settings];
    // The token and whatever notebooks make Jupyter say are nobody else's business.
    const output = openSync(this.log, 'w', 0o600);
    this._child = spawn(envBin('lab', 'jupyter'), args, {
      cwd: notebooks(),
      // A group of its own: Ctrl-C in the terminal reaches us only, and we
      // stop Jupyter in the way that also stops its kernels.
      detached: process.platform !== 'win32',
      // By the environment, not as an argument: other users can list those.
      env: { ...labVariables(), JUPYTER_TOKEN: token },
      stdio: ['ignore', output, output]
    });
    closeSync(output);
    /** Resolves to how Jupyter ended. */
    this.ended = new Promise(resolve => {
      this._child.once('error', error => resolve(error.message));
      this._child.once('exit', (code, signal) =>
        resolve(signal ?? `code ${code}`)
      );
    });
    void this.ended.then(() => (this._isGone = true));
  }

  /** The id of its process. */
  get pid() {
    return this._child.pid;
  }

  /**
   * Waits until the server answers.
   *
   * @param {AbortSignal} signal stops waiting
   * @throws {StepError} when Jupyter ends, or isn't up in time
   */
  async ready(signal) {
    const deadline = performance.now() + READY_WITHIN_S * 1000;
    while (!(await this._answers())) {
      signal.throwIfAborted();
      if (this._isGone) {
        throw await this.failure();
      }
      if (performance.now() > deadline) {
        throw new StepError(
          `JupyterLab does not answer after ${READY_WITHIN_S} s.\n${await tail(this.log)}`
        );
      }
      await delay(POLL_MS);
    }
  }

  async _answers() {
    try {
      const { ok } = await fetch(`${this._base}/api/status`, {
        headers: { Authorization: `token ${this._token}` }
      });
      return ok;
    } catch {
      return false;
    }
  }

  /** Why Jupyter is gone, with the end of its log. */
  async failure() {
    const how = await this.ended;
    return new StepError(
      `JupyterLab ended by itself (${how}).\n${await tail(this.log)}\n\nThe whole output: ${this.log}`
    );
  }

  /** Stops Jupyter, which stops its kernels; resolves when it is gone. */
  async stop() {
    if (this._isGone) {
      return;
    }
    this._child.kill('SIGTERM');
    const late = setTimeout(() => this.kill(), STOP_WITHIN_MS);
    await this.ended;
    clearTimeout(late);
  }

  /** Ends Jupyter at once; its kernels notice that within a second. */
  kill() {
    this._child.kill('SIGKILL');
  }
}

const newToken = () => randomBytes(24).toString('hex');

function arguments_(port, browser) {
  const isRoot = process.getuid?.() === 0;
  return [
    'lab',
    `--ServerApp.root_dir=${notebooks()}`,
    `--ServerApp.port=${port}`,
    // Another port than the one that is printed would be of no use.
    '--ServerApp.port_retries=0',
    `--ServerApp.open_browser=${browser ? 'True' : 'False'}`,
    ...(isRoot ? ['--allow-root'] : [])
  ];
}
