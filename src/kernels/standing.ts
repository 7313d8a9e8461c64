import type { IClock } from '../shared/clock';
import type { KernelState } from '../tokens';

/** Milliseconds without the question after which nothing waits any more; an agent asks each second. */
const WAITS_FOR = 5000;

/** How a kernel stands, for the panel. */
export class Standing {
  constructor(
    private readonly _clock: IClock,
    private readonly _onChanged: () => void
  ) {}

  get state(): KernelState {
    return this._state;
  }

  /** Whether it waits for a session that isn't this tab's, and whose holder doesn't answer. */
  get isOrphaned(): boolean {
    return this._isOrphaned;
  }

  set(state: KernelState): void {
    this._stop?.();
    this._stop = null;
    this._update(state, false);
  }

  /**
   * A question can't be answered without a sign-in. That another holder answers it, or that the cell is
   * interrupted, shows only in that it doesn't come again.
   */
  waits(isOrphaned: boolean): void {
    if (this._isDisposed) {
      return;
    }
    this._stop?.();
    this._stop = this._clock.schedule(() => this.set('attached'), WAITS_FOR);
    this._update('waiting', isOrphaned);
  }

  dispose(): void {
    this._isDisposed = true;
    this._stop?.();
  }

  private _update(state: KernelState, isOrphaned: boolean): void {
    if (this._state !== state || this._isOrphaned !== isOrphaned) {
      this._state = state;
      this._isOrphaned = isOrphaned;
      this._onChanged();
    }
  }

  private _state: KernelState = 'attaching';
  private _isOrphaned = false;
  private _isDisposed = false;
  private _stop: (() => void) | null = null;
}
