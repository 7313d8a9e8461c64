import type { IClock } from '../shared/clock';
import type { ITokenRequest } from './protocol';

/** How many questions are remembered, so that a repeated one isn't answered twice. */
const LIMIT = 200;

/** How often a question comes before it counts as one that nobody answers; an agent asks each second. */
const PATIENCE = 4;

/** What is known of one kernel's questions: which are void, which are answered, and which nobody answers. */
export class Questions {
  constructor(private readonly _clock: IClock) {}

  /**
   * Compare the kernel's clock with ours.
   *
   * @param kernelNow - seconds since the epoch, or `undefined` where the kernel doesn't say.
   */
  compareClocks(kernelNow: number | undefined): void {
    this._kernelAhead =
      kernelNow === undefined ? 0 : kernelNow - this._clock.now() / 1000;
  }

  /** Whether the question was asked too long ago, by the kernel's own clock: servers replay old messages. */
  isVoid({ sent, timeout }: ITokenRequest): boolean {
    return this._clock.now() / 1000 + this._kernelAhead - sent > timeout;
  }

  /** Start to answer; `false` where that has been done, or is being done. */
  begin({ id }: ITokenRequest): boolean {
    if (this._answering.has(id) || this._answered.has(id)) {
      return false;
    }
    this._answering.add(id);
    return true;
  }

  /** The attempt to answer has ended; the question may come again. */
  end(id: string): void {
    this._answering.delete(id);
  }

  /** The answer has arrived. */
  answered(id: string): void {
    this._unanswered.delete(id);
    remember(this._answered, id, true);
  }

  /** It is another holder's to answer; tells whether it has come so often that none does. */
  leave(id: string): boolean {
    const count = (this._unanswered.get(id) ?? 0) + 1;
    remember(this._unanswered, id, count);
    return count >= PATIENCE;
  }

  /**
   * Whether a client of this page ran the cell that asks.
   *
   * @param told - what came with the question; one that comes again by another way doesn't say.
   */
  isOurs(id: string, told: boolean): boolean {
    if (told) {
      remember(this._ours, id, true);
    }
    return told || this._ours.has(id);
  }

  /** There is a new kernel process. */
  clear(): void {
    this._answered.clear();
    this._unanswered.clear();
    this._ours.clear();
  }

  /** Seconds by which the kernel's wall clock is ahead of ours. */
  private _kernelAhead = 0;
  private readonly _answering = new Set<string>();
  private readonly _answered = new Map<string, true>();
  private readonly _unanswered = new Map<string, number>();
  private readonly _ours = new Map<string, true>();
}

function remember<T>(map: Map<string, T>, id: string, value: T): void {
  map.delete(id);
  map.set(id, value);
  // A map keeps the order in which its keys came.
  const [oldest] = map.keys();
  if (map.size > LIMIT && oldest !== undefined) {
    map.delete(oldest);
  }
}
