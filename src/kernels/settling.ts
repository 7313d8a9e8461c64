import type { IClock } from '../shared/clock';
import type { ITransport } from './transport';

/** Milliseconds of idleness after which no queued run is on its way any more. */
const SETTLED_AFTER = 500;

/**
 * Tells a kernel of a selection twice: at once, for cells that are run from now on; and again when the
 * kernel has been idle for a while, for threads and callbacks too. See "A switch" in `docs/protocol.md`.
 */
export class Settling {
  constructor(
    private readonly _transport: Pick<ITransport, 'status'>,
    private readonly _clock: IClock,
    private readonly _tell: (settled: boolean) => void
  ) {}

  /** There is a new selection. */
  start(): void {
    this._isPending = true;
    this._tell(false);
    this._waitForIdleness();
  }

  /** The kernel's status has changed. */
  statusChanged(): void {
    if (this._isPending) {
      this._waitForIdleness();
    }
  }

  /** There is nothing to tell any more. */
  cancel(): void {
    this._isPending = false;
    this._stop?.();
    this._stop = null;
  }

  private _waitForIdleness(): void {
    this._stop?.();
    this._stop = null;
    if (this._transport.status === 'idle') {
      this._stop = this._clock.schedule(() => {
        this._isPending = false;
        this._stop = null;
        this._tell(true);
      }, SETTLED_AFTER);
    }
  }

  private _isPending = false;
  private _stop: (() => void) | null = null;
}
