import type { IClock } from '../shared/clock';
import type { IProblem, KernelState, WaitsFor } from '../tokens';

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

  /** Whom it waits for; `null` in any other state. */
  get waitsFor(): WaitsFor | null {
    return this._waitsFor;
  }

  /** Why the sign-in service doesn't serve it, where it waits for that. */
  get problem(): IProblem | null {
    return this._problem;
  }

  set(state: KernelState): void {
    this._stop?.();
    this._stop = null;
    this._update(state, null, null);
  }

  /**
   * A question can't be answered now. That another holder answers it, or that the cell is interrupted, shows
   * only in that it doesn't come again.
   */
  waits(waitsFor: WaitsFor, problem: IProblem | null = null): void {
    if (this._isDisposed) {
      return;
    }
    this._stop?.();
    this._stop = this._clock.schedule(() => this.set('attached'), WAITS_FOR);
    this._update('waiting', waitsFor, problem);
  }

  dispose(): void {
    this._isDisposed = true;
    this._stop?.();
  }

  private _update(
    state: KernelState,
    waitsFor: WaitsFor | null,
    problem: IProblem | null
  ): void {
    const isNew =
      this._state !== state ||
      this._waitsFor !== waitsFor ||
      this._problem?.message !== problem?.message;
    this._state = state;
    this._waitsFor = waitsFor;
    this._problem = problem;
    if (isNew) {
      this._onChanged();
    }
  }

  private _state: KernelState = 'attaching';
  private _waitsFor: WaitsFor | null = null;
  private _problem: IProblem | null = null;
  private _isDisposed = false;
  private _stop: (() => void) | null = null;
}
