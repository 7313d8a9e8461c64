import type { IClock } from '../shared/clock';
import type { ITransport } from './transport';

/** Milliseconds between two looks at which questions are open. */
const POLL_EVERY = 2000;

/**
 * Asks a kernel for its open questions while the server drops what it publishes.
 *
 * A Jupyter server lets no more through of a cell that prints without pause, our questions included, and
 * says so once. With "idle" its counters start again.
 */
export class Polling {
  constructor(
    private readonly _transport: Pick<ITransport, 'status'>,
    private readonly _clock: IClock,
    private readonly _poll: () => void
  ) {}

  /** The server has begun to drop messages. */
  start(): void {
    this._stop ??= this._clock.schedule(() => {
      this._stop = null;
      const { status } = this._transport;
      // After a reload a busy kernel's status is unknown.
      if (status === 'busy' || status === 'unknown') {
        this._poll();
        this.start();
      }
    }, POLL_EVERY);
  }

  stop(): void {
    this._stop?.();
    this._stop = null;
  }

  private _stop: (() => void) | null = null;
}
