/** The Jupyter server of a soak, which can be killed and started again at the same address. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../scripts/common/paths.mjs';
import { Lab } from '../scripts/start/lab.mjs';
import { freePort } from '../scripts/start/ports.mjs';
import { home } from '../scripts/start/workspace.mjs';

const FIRST_PORT = 9700;

/** More than any answer takes; one of a server that is stopped must not be awaited for ever. */
const ANSWER_WITHIN_MS = 30_000;

/** How many of its last warnings are told. */
const TOLD_WARNINGS = 5;

export const PYTHON = path.join(root, 'soak', 'python');

/** A server with a clock that `clockFile` sets, and that keeps its sessions through a restart. */
export class Server {
  #starts = 0;

  constructor(port, token) {
    this._port = port;
    this._token = token;
  }

  static async create(token, clockFile) {
    await writeFile(
      home('jupyter_server_config.py'),
      `import sys
sys.path.append(${JSON.stringify(PYTHON)})
from soak_work.server_clock import start
start(${JSON.stringify(clockFile)})
`
    );
    return new Server(await freePort(FIRST_PORT), token);
  }

  /** JupyterLab's address, with the token. */
  get url() {
    return this._lab.url;
  }

  get pid() {
    return this._lab.pid;
  }

  async start() {
    this._lab = new Lab({
      port: this._port,
      browser: false,
      token: this._token,
      // A log for each start: one that is killed leaves its own.
      log: `server-${++this.#starts}`,
      settings: ['--CdfAuth.keep_sessions=True', '--Application.log_level=WARN']
    });
    await this._lab.ready(new AbortController().signal);
  }

  /** The last lines of its log that are at least warnings; they have the time of its clock, which may be set. */
  async lastWarnings() {
    const lines = (await readFile(this._lab.log, 'utf8')).split('\n');
    return lines.filter(line => /^\[[WEC] /.test(line)).slice(-TOLD_WARNINGS);
  }

  /** Kill it; its kernels notice that within a second. */
  async kill() {
    this._lab.kill();
    await this._lab.ended;
  }

  async stop() {
    await this._lab?.stop();
  }

  /** Ask its REST API; resolves to the answer's JSON, throws where it isn't a good one. */
  async ask(method, where, body) {
    const answer = await fetch(`http://localhost:${this._port}/${where}`, {
      method,
      headers: { Authorization: `token ${this._token}` },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS)
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${where}: HTTP ${answer.status} ${text}`);
    }
    return text && JSON.parse(text);
  }

  /** The address of a kernel's websocket. */
  channels(kernel) {
    return `ws://localhost:${this._port}/api/kernels/${kernel}/channels?token=${this._token}`;
  }
}
