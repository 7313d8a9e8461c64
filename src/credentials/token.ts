import type { IClock } from '../shared/clock';
import { Deadline } from '../shared/clock';
import type { Secret } from '../shared/secret';

/** Kernels take no token that lives longer (s). */
const LONGEST = 366 * 24 * 3600;

/** An OAuth 2.0 access token with the time that it has left (RFC 6749, section 5.1). */
export class AccessToken {
  /**
   * @param expiresIn - seconds that the token is good for, counted from now.
   * @param lifetime - seconds that it was good for when it was issued.
   */
  constructor(
    readonly secret: Secret,
    readonly scopes: readonly string[],
    expiresIn: number,
    readonly lifetime: number,
    clock: IClock
  ) {
    this._deadline = new Deadline(clock, expiresIn * 1000);
  }

  /** Seconds left; negative once it has expired. */
  get expiresIn(): number {
    return this._deadline.remaining / 1000;
  }

  private readonly _deadline: Deadline;
}

/**
 * The lifetime (s) to count with for a provider's `expires_in`. Providers cut times to whole seconds, so a token
 * can expire up to a second early.
 */
export function lifetimeOf(expiresIn: number): number {
  return Math.min(LONGEST, expiresIn - Math.min(1, expiresIn / 4));
}

/** Seconds that are kept in hand of any token: it must arrive, and be used, while it is good. */
export function reserve(lifetime: number): number {
  return Math.min(2, lifetime / 20);
}

/**
 * Seconds that a token must still be good for to be handed out.
 *
 * It scales with the lifetime, so that short ones work too, and is larger than the kernel's own margin
 * (60 s or a quarter): an answer must not arrive already due for renewal.
 */
export function renewalMargin(lifetime: number): number {
  return Math.min(120, lifetime / 3);
}
