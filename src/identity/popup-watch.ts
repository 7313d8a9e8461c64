import type { IClock } from '../shared/clock';

/** Milliseconds between two looks at whether the sign-in window is still there. */
const WINDOW_POLL = 500;

/** Knows the sign-in window: closes it, and tells when the user has. */
export class PopupWatch {
  constructor(
    private readonly _clock: IClock,
    private readonly _onClosed: () => void
  ) {}

  follow(popup: Window): void {
    if (this._over) {
      popup.close();
      return;
    }
    this._popup = popup;
    this._look();
  }

  close(): void {
    this._over = true;
    this._stop?.();
    this._popup?.close();
  }

  private _look(): void {
    this._stop = this._clock.schedule(() => {
      // Only a hint: a provider with a cross-origin opener policy looks closed while it is open.
      if (this._popup?.closed) {
        this._onClosed();
      } else {
        this._look();
      }
    }, WINDOW_POLL);
  }

  private _over = false;
  private _popup: Window | null = null;
  private _stop: (() => void) | null = null;
}
