/**
 * Time, as a port: everything that waits or measures takes an `IClock`, so that tests drive a fake one.
 */
export interface IClock {
  /** Wall-clock time in milliseconds since the epoch; can jump when it is set. */
  now(): number;

  /** Milliseconds that never go backwards; may stand still while the machine sleeps. */
  monotonic(): number;

  /** Calls `callback` after `ms` milliseconds; the returned function calls it off. */
  schedule(callback: () => void, ms: number): () => void;
}

/** The browser's own clock. */
export const systemClock: IClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }
};

/**
 * A moment that lies `ms` milliseconds ahead, measured on both clocks.
 *
 * The wall clock goes on while a laptop sleeps but can be set; the monotonic one can't be set but may
 * stand still during sleep. Whichever says "over" first is believed.
 */
export class Deadline {
  constructor(
    private readonly _clock: IClock,
    ms: number
  ) {
    this._wall = _clock.now() + ms;
    this._monotonic = _clock.monotonic() + ms;
  }

  /** Milliseconds left, negative once it has passed. */
  get remaining(): number {
    return Math.min(
      this._wall - this._clock.now(),
      this._monotonic - this._clock.monotonic()
    );
  }

  private readonly _wall: number;
  private readonly _monotonic: number;
}

/** Tells how long ago it was made, by the clock that says more. */
export class Stopwatch {
  constructor(clock: IClock) {
    this._started = new Deadline(clock, 0);
  }

  /** Milliseconds since then. */
  get elapsed(): number {
    return -this._started.remaining;
  }

  private readonly _started: Deadline;
}
