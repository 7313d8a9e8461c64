import type { IClock } from '../../src/shared/clock';

/** A clock that moves only when a test says so. */
export class FakeClock implements IClock {
  now(): number {
    return this._wall;
  }

  monotonic(): number {
    return this._monotonic;
  }

  schedule(callback: () => void, ms: number): () => void {
    const timer = { at: this._monotonic + ms, callback };
    this._timers.add(timer);
    return () => this._timers.delete(timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this._timers.size;
  }

  /** Let `ms` milliseconds pass, timers and the promises that they settle included. */
  async advance(ms: number): Promise<void> {
    const end = this._monotonic + ms;
    for (;;) {
      await settle();
      const due = [...this._timers]
        .filter(timer => timer.at <= end)
        .sort((a, b) => a.at - b.at)[0];
      if (!due) {
        break;
      }
      this._timers.delete(due);
      this._pass(due.at - this._monotonic);
      due.callback();
    }
    this._pass(end - this._monotonic);
    await settle();
  }

  /** The machine sleeps: the wall clock goes on, the monotonic one stands still. */
  sleep(ms: number): void {
    this._wall += ms;
  }

  private _pass(ms: number): void {
    this._wall += ms;
    this._monotonic += ms;
  }

  private _wall = Date.UTC(2026, 0, 1);
  private _monotonic = 1000;
  private readonly _timers = new Set<{ at: number; callback: () => void }>();
}

/** Let every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    await Promise.resolve();
  }
}
