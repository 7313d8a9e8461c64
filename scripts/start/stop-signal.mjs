/** Ctrl-C and its relatives, as an AbortSignal. */
import process from 'node:process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * npm passes a Ctrl-C on that the terminal has already sent to everybody, so
 * one key press may arrive twice. A person is not impatient that quickly.
 */
const SAME_PRESS_MS = 500;

/** How often to look whether npm, who started us, is still there. */
const PARENT_POLL_MS = 1000;

export class StopSignal {
  constructor() {
    this._controller = new AbortController();
    this.signal = this._controller.signal;
    /** What to do when somebody asks for a second time. */
    this.onImpatience = () => process.exit(130);
    /** Resolves with the first request to stop. */
    this.pressed = new Promise(resolve =>
      this.signal.addEventListener('abort', resolve, { once: true })
    );
    this._handle = name => this._onSignal(name);
    for (const name of SIGNALS) {
      process.on(name, this._handle);
    }
    // Whoever kills npm outright means us too.
    const parent = process.ppid;
    this._watch = setInterval(() => {
      if (process.ppid !== parent && !this.signal.aborted) {
        this._onSignal('whoever started this is gone');
      }
    }, PARENT_POLL_MS).unref();
  }

  _onSignal(reason) {
    if (!this.signal.aborted) {
      /** Why we stop, for people. */
      this.reason = reason;
      this._since = performance.now();
      this._controller.abort();
    } else if (performance.now() - this._since > SAME_PRESS_MS) {
      this.onImpatience();
    }
  }

  dispose() {
    clearInterval(this._watch);
    for (const name of SIGNALS) {
      process.off(name, this._handle);
    }
  }
}
