import type { ITokenSource } from '../../src/credentials/source';
import { CredentialStore } from '../../src/credentials/store';
import { AccessToken, renewalMargin } from '../../src/credentials/token';
import { CdfAuthError } from '../../src/shared/errors';
import { Secret } from '../../src/shared/secret';
import { FakeClock, settle } from '../fakes/clock';

/** A source that numbers its tokens and waits for the test before it answers. */
class Source implements ITokenSource {
  constructor(private readonly _clock: FakeClock) {}

  lifetime = 3600;
  calls: { scopes: readonly string[]; renew: boolean }[] = [];
  failure: Error | null = null;
  gate: Promise<void> = Promise.resolve();

  async acquire(
    scopes: readonly string[],
    renew: boolean
  ): Promise<AccessToken> {
    this.calls.push({ scopes, renew });
    await this.gate;
    if (this.failure) {
      throw this.failure;
    }
    const secret = new Secret(`token-${this.calls.length}`);
    const { lifetime } = this;
    return new AccessToken(secret, scopes, lifetime, lifetime, this._clock);
  }
}

function create(): {
  clock: FakeClock;
  source: Source;
  get(minTtl?: number, scopes?: string[]): Promise<string>;
} {
  const clock = new FakeClock();
  const source = new Source(clock);
  const store = new CredentialStore(source, clock);
  return {
    clock,
    source,
    get: async (minTtl, scopes = ['s']) =>
      (await store.get(scopes, minTtl ?? null)).secret.reveal()
  };
}

const down = new CdfAuthError('unreachable', 'Down.', 'Wait.', {
  transient: true
});

describe('the credential store', () => {
  it('asks the source once for however many ask at the same time', async () => {
    const { source, get } = create();
    let open = (): void => undefined;
    source.gate = new Promise(resolve => (open = resolve));
    const answers = Promise.all(Array.from({ length: 100 }, () => get()));
    await settle();
    open();
    expect(new Set(await answers)).toEqual(new Set(['token-1']));
    expect(source.calls).toHaveLength(1);
  });

  it('keeps tokens of different scopes apart, and ignores the order of scopes', async () => {
    const { source, get } = create();
    await get(undefined, ['a', 'b']);
    await get(undefined, ['b', 'a']);
    await get(undefined, ['a']);
    expect(source.calls.map(call => call.scopes)).toEqual([['a', 'b'], ['a']]);
  });

  it('renews when less than the margin is left, not before', async () => {
    const { clock, get } = create();
    await get();
    await clock.advance((3600 - 121) * 1000);
    expect(await get()).toBe('token-1');
    await clock.advance(2000);
    expect(await get()).toBe('token-2');
  });

  it('scales the margin with the lifetime', async () => {
    const { clock, source, get } = create();
    source.lifetime = 20;
    await get();
    await clock.advance(13_000);
    expect(await get()).toBe('token-1');
    await clock.advance(500);
    expect(await get()).toBe('token-2');
  });

  it('hands out tokens that the kernel does not find due at once', () => {
    const kernelMargin = (lifetime: number): number =>
      Math.min(60, lifetime / 4);
    for (const lifetime of [10, 20, 300, 3600, 5400]) {
      expect(renewalMargin(lifetime)).toBeGreaterThan(kernelMargin(lifetime));
    }
  });

  it('renews a token that a sleeping machine has outlived', async () => {
    const { clock, get } = create();
    await get();
    clock.sleep(3600 * 1000);
    expect(await get()).toBe('token-2');
  });

  it('renews early for a caller that needs longer', async () => {
    const { clock, get } = create();
    await get();
    await clock.advance(1800 * 1000);
    expect(await get(1000)).toBe('token-1');
    expect(await get(2000)).toBe('token-2');
  });

  it('does not renew at each call for a caller that wants more than a lifetime', async () => {
    const { clock, source, get } = create();
    await get(7200);
    await clock.advance(60_000);
    await get(7200);
    expect(source.calls).toHaveLength(1);
  });

  it('takes a token from the cache of the source first, and a fresh one when that is stale', async () => {
    const { source, clock } = create();
    const acquire = source.acquire.bind(source);
    source.acquire = async (scopes, renew) => {
      const token = await acquire(scopes, renew);
      return renew
        ? token
        : new AccessToken(new Secret('stale'), scopes, 30, 3600, clock);
    };
    const store = new CredentialStore(source, clock);
    expect((await store.get(['s'])).secret.reveal()).toBe('token-2');
    expect(source.calls.map(call => call.renew)).toEqual([false, true]);
  });

  it('uses the token of that cache to its end where there is no newer one to be had', async () => {
    const { source, clock } = create();
    const acquire = source.acquire.bind(source);
    source.acquire = async (scopes, renew) => {
      if (renew) {
        throw down;
      }
      await acquire(scopes, renew);
      return new AccessToken(new Secret('old'), scopes, 30, 3600, clock);
    };
    const store = new CredentialStore(source, clock);
    expect((await store.get(['s'])).secret.reveal()).toBe('old');
    await clock.advance(20_000);
    expect((await store.get(['s'])).secret.reveal()).toBe('old');
    expect(source.calls).toHaveLength(1);
    await clock.advance(10_000);
    await expect(store.get(['s'])).rejects.toBe(down);
  });

  it('hides a passing fault while the old token is good, and spares the provider', async () => {
    const { clock, source, get } = create();
    await get();
    await clock.advance(3500 * 1000);
    source.failure = down;
    expect(await get()).toBe('token-1');
    expect(await get()).toBe('token-1');
    expect(source.calls).toHaveLength(2);
    source.failure = null;
    await clock.advance(5001);
    expect(await get()).toBe('token-3');
  });

  it.each([
    [3600, 2],
    [60, 2],
    [6, 0.3]
  ])(
    'keeps some of the time of a token in hand: of %d s, %d s',
    async (lifetime, reserve) => {
      const { clock, source, get } = create();
      source.lifetime = lifetime;
      await get();
      source.failure = down;
      await clock.advance((lifetime - reserve) * 1000 - 5);
      expect(await get(0)).toBe('token-1');
      await clock.advance(10);
      await expect(get(0)).rejects.toBe(down);
      await expect(get()).rejects.toBe(down);
    }
  );

  it('hands out no token that came with hardly any time left, and asks again later', async () => {
    const { clock, source, get } = create();
    const acquire = source.acquire.bind(source);
    source.acquire = async (scopes, renew) => {
      const token = await acquire(scopes, renew);
      await clock.advance(5.8 * 1000);
      return token;
    };
    source.lifetime = 6;
    await expect(get()).rejects.toMatchObject({
      code: 'provider_slow',
      transient: true
    });
    source.acquire = acquire;
    await clock.advance(5001);
    expect(await get()).toMatch(/token/);
  });

  it('passes a fault on when the old token has expired, again without asking each time', async () => {
    const { clock, source, get } = create();
    await get();
    await clock.advance(3601 * 1000);
    source.failure = down;
    await expect(get()).rejects.toBe(down);
    await expect(get()).rejects.toBe(down);
    expect(source.calls).toHaveLength(2);
  });

  it('passes the need of a sign-in on at once, though the old token is still good', async () => {
    const { clock, source, get } = create();
    await get();
    await clock.advance(3500 * 1000);
    source.failure = new CdfAuthError('sign_in_required', 'Over.', 'Sign in.', {
      needsSignIn: true
    });
    await expect(get()).rejects.toBe(source.failure);
  });
});

describe('a secret', () => {
  it('prints itself as redacted wherever it is printed by accident', () => {
    const secret = new Secret('eyJhbGciOi');
    const printed = [
      // eslint-disable-next-line @typescript-eslint/restrict-template-expressions -- the accident itself
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      Object.values(secret).join()
    ];
    expect(printed.join()).not.toContain('eyJ');
    expect(secret.reveal()).toBe('eyJhbGciOi');
  });
});
