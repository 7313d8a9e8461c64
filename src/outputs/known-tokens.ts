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
    if (text.length >= HEAD) {
      this._marks.set(digest(text), {
        head: text.slice(0, HEAD),
        length: text.length,
        until: this._clock.now() + token.expiresIn * 1000
      });
    }
  }

  /** A function that finds those in a text that haven't expired by now. */
  search(): (text: string) => IFinding[] {
    this._forgetExpired();
    const marks = new Map(this._marks);
    /** Most tokens begin alike and are of the same length. */
    const lengths = new Map<string, Set<number>>();
    for (const { head, length } of marks.values()) {
      lengths.set(head, (lengths.get(head) ?? new Set()).add(length));
    }
    return text => {
      const found: IFinding[] = [];
      for (const [head, ofHead] of lengths) {
        let at = text.indexOf(head);
        for (; at >= 0; at = text.indexOf(head, at + 1)) {
          for (const length of ofHead) {
            // A digest is made only where a word ends at the right place. Before it may stand anything,
            // such as the "m" of a colour.
            if (!isInside(text, at + length)) {
              const key = digest(text.slice(at, at + length));
              const mark = marks.get(key);
              if (mark) {
                found.push({ digest: key, until: mark.until });
              }
            }
          }
        }
      }
      return found;
    };
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

const MINUS = 45;
const UNDERSCORE = 95;

/** Whether one of the characters of base64url (RFC 4648, section 5) stands there, which every kind of token has. */
function isInside(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === MINUS ||
    code === UNDERSCORE
  );
}
