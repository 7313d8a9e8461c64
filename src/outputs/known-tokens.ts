import type { AccessToken } from '../credentials/token';
import type { IClock } from '../shared/clock';
import { digest } from './digest';
import type { IFinding } from './finding';

/** Characters by which a token's beginning is looked for: no more of it is kept. */
const HEAD = 4;

/** What a token is recognised by. */
interface IMark {
  readonly head: string;
  readonly length: number;
  /** When the token expires, in milliseconds since the epoch. */
  readonly until: number;
}

/** The tokens that this tab has handed out, without the tokens. */
export class KnownTokens {
  constructor(private readonly _clock: IClock) {}

  /** Recognise `token` until it expires. */
  remember(token: AccessToken): void {
    this._forgetExpired();
    const text = token.secret.reveal();
    if (text.length < HEAD) {
      return;
    }
    this._marks.set(digest(text), {
      head: text.slice(0, HEAD),
      length: text.length,
      until: this._clock.now() + token.expiresIn * 1000
    });
  }

  /** Those that stand in `text` and haven't expired. */
  findIn(text: string): IFinding[] {
    this._forgetExpired();
    const found: IFinding[] = [];
    for (const head of new Set([...this._marks.values()].map(m => m.head))) {
      let at = text.indexOf(head);
      for (; at >= 0; at = text.indexOf(head, at + 1)) {
        this._findAt(text, at, found);
      }
    }
    return found;
  }

  private _findAt(text: string, at: number, found: IFinding[]): void {
    for (const [expected, { head, length, until }] of this._marks) {
      // A digest is made only where a word ends at the right place. Before it may stand anything, such as
      // the "m" of a colour.
      const fits =
        text.startsWith(head, at) &&
        isInside(text, at + length - 1) &&
        !isInside(text, at + length);
      if (fits && digest(text.slice(at, at + length)) === expected) {
        found.push({ digest: expected, until });
      }
    }
  }

  private _forgetExpired(): void {
    const now = this._clock.now();
    for (const [key, { until }] of this._marks) {
      if (until <= now) {
        this._marks.delete(key);
      }
    }
  }

  private readonly _marks = new Map<number, IMark>();
}

/** Whether a character is one of those of words that tokens are made of; RFC 6750, section 2.1, has a few more. */
function isInside(text: string, index: number): boolean {
  return /[\w-]/.test(text.charAt(index));
}
