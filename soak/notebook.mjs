/** A notebook whose cell is to run for as long as the soak does. */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { currentRun, lastRun } from './records.mjs';
import { PYTHON } from './server.mjs';

const LOOK_MS = 100;

/** Milliseconds after which a cell that hasn't begun is run once more, and after which that is given up. */
const AGAIN_MS = 8000;
const GIVE_UP_MS = 60_000;

/** Milliseconds that an interrupted cell has to end, and a kernel to be idle again. */
const ENDS_WITHIN_MS = 10_000;

/** What is the same for one in a tab and one without: it begins again after whatever has ended it. */
export class Notebook {
  /**
   * @param {string} name of its kernel in the soak
   * @param {string} folder of the records
   * @param {import('./server.mjs').Server} server
   */
  constructor(name, folder, server) {
    this.name = name;
    this._folder = folder;
    this._server = server;
  }

  get path() {
    return `${this.name}.ipynb`;
  }

  /** What the cell runs. */
  get source() {
    const config = path.join(this._folder, `${this.name}.json`);
    return `import sys
sys.path.append(${JSON.stringify(PYTHON)})
from soak_work.cell import run
run(${JSON.stringify(config)})`;
  }

  /** The process of its kernel, as of the last run of the cell. */
  async pid() {
    return (await currentRun(this._folder, this.name))?.pid;
  }

  /** The processes of the cell's children that have begun. */
  async children() {
    const run = await lastRun(this._folder, this.name);
    return run.filter(({ role }) => role !== 'kernel').map(({ pid }) => pid);
  }

  /**
   * Runs the cell until it has begun once more, as a user would who looks at it.
   *
   * @throws when it doesn't
   */
  async begin() {
    const before = (await currentRun(this._folder, this.name))?.run;
    const hasBegun = async () =>
      (await currentRun(this._folder, this.name))?.run !== before;
    const end = performance.now() + GIVE_UP_MS;
    let reason = new Error('it has not begun');
    while (performance.now() < end) {
      try {
        await this._execute();
      } catch (error) {
        reason = error;
      }
      if (await within(AGAIN_MS, hasBegun)) {
        return;
      }
    }
    const seen = await this._lookAround().catch(error => error.message);
    throw new Error(
      `The cell of ${this.name} doesn't run: ${reason.message.split('\n')[0]}; ${seen}`
    );
  }

  /** What there is to be seen of the kernel and the cell, for whoever looks for the cause. */
  async _lookAround() {
    const sessions = await this._server.ask('GET', 'api/sessions');
    const own = sessions.find(one => one.path === this.path);
    return `its kernel is ${own?.kernel.execution_state ?? 'gone'}`;
  }

  /** Interrupts the cell, and runs it again. */
  async interruptAndBegin() {
    await this._interrupt();
    const hasEnded = async () =>
      (await lastRun(this._folder, this.name))
        .find(({ role }) => role === 'kernel')
        ?.events.some(({ event }) => event === 'ended');
    if (!(await within(ENDS_WITHIN_MS, hasEnded))) {
      throw new Error(`The cell of ${this.name} wasn't interrupted`);
    }
    await this.beginWhenIdle();
  }

  /** Runs the cell once the kernel is there: what it is sent while a cell ends or it starts may be dropped. */
  async beginWhenIdle() {
    await within(ENDS_WITHIN_MS, async () => {
      const sessions = await this._server.ask('GET', 'api/sessions');
      const own = sessions.find(one => one.path === this.path);
      return own?.kernel.execution_state === 'idle';
    });
    await this.begin();
  }
}

/** Whether something comes true within so many milliseconds. */
export async function within(ms, isTrue) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await isTrue()) {
      return true;
    }
    await delay(LOOK_MS);
  }
  return false;
}
