import type { IClock } from '../shared/clock';
import { Deadline } from '../shared/clock';
import { CdfAuthError } from '../shared/errors';
import type { ITokenSource } from './source';
import type { AccessToken } from './token';
import { renewalMargin, reserve } from './token';

/** Milliseconds after a passing fault during which the provider is left alone. */
const RETRY_AFTER = 5000;

/** No token is asked to be good for longer than this share of its lifetime: it would be renewed at each call. */
const MOST_OF_LIFETIME = 0.9;

/**
 * Access tokens of one session by scope: a cache in front of the source, with one flight at a time for each
 * set of scopes, however many ask.
 */
export class CredentialStore {
  constructor(
    private readonly _source: ITokenSource,
    private readonly _clock: IClock
  ) {}

  /**
   * A token for `scopes` that is good for at least `minTtl` seconds (by default the renewal margin).
   *
   * @throws what the source throws; but a passing fault is hidden while the old token is still good. A token is
   * never given that has no more than its reserve left.
   */
  async get(
    scopes: readonly string[],
    minTtl: number | null = null
  ): Promise<AccessToken> {
    const key = [...scopes].sort().join(' ');
    const held = this._held.get(key);
    if (held && held.expiresIn >= wanted(held, minTtl)) {
      return held;
    }
    const fault = this._faults.get(key);
    if (fault && fault.retry.remaining > 0) {
      return usable(held, fault.error);
    }
    const flight = this._flights.get(key);
    if (flight) {
      return flight;
    }
    const started = this._renew(key, scopes, minTtl).finally(() => {
      this._flights.delete(key);
    });
    this._flights.set(key, started);
    return started;
  }

  private async _renew(
    key: string,
    scopes: readonly string[],
    minTtl: number | null
  ): Promise<AccessToken> {
    let held = this._held.get(key);
    try {
      // After a reload the source's own cache may still hold a good token: that saves a round trip.
      let token = await this._source.acquire(scopes, held !== undefined);
      if (token.expiresIn < wanted(token, minTtl) && held === undefined) {
        // It is of use if there is no newer one to be had.
        held = token;
        token = await this._source.acquire(scopes, true);
      }
      if (!isUsable(token)) {
        throw tooLate();
      }
      this._held.set(key, token);
      this._faults.delete(key);
      return token;
    } catch (error) {
      if (error instanceof CdfAuthError && error.transient) {
        const retry = new Deadline(this._clock, RETRY_AFTER);
        this._faults.set(key, { error, retry });
        if (held) {
          this._held.set(key, held);
        }
        return usable(held, error);
      }
      throw error;
    }
  }

  private readonly _held = new Map<string, AccessToken>();
  private readonly _faults = new Map<
    string,
    { error: CdfAuthError; retry: Deadline }
  >();
  private readonly _flights = new Map<string, Promise<AccessToken>>();
}

/** The old token while it is still good, else the fault. */
function usable(
  held: AccessToken | undefined,
  fault: CdfAuthError
): AccessToken {
  if (held && isUsable(held)) {
    return held;
  }
  throw fault;
}

function isUsable(token: AccessToken): boolean {
  return token.expiresIn > reserve(token.lifetime);
}

function tooLate(): CdfAuthError {
  return new CdfAuthError(
    'provider_slow',
    'The sign-in service answered too late: its token has almost expired.',
    'Nothing needs to be done if it passes: it is asked again.',
    { transient: true }
  );
}

/** Seconds that `token` must have left to serve. */
function wanted(token: AccessToken, minTtl: number | null): number {
  const { lifetime } = token;
  return minTtl === null
    ? renewalMargin(lifetime)
    : Math.max(
        Math.min(minTtl, lifetime * MOST_OF_LIFETIME),
        reserve(lifetime)
      );
}
