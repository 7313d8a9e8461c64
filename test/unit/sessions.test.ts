import { AccessToken } from '../../src/credentials/token';
import type {
  IInteraction,
  IKnownAccount,
  IOAuthClient
} from '../../src/identity/client';
import { TabMemory } from '../../src/identity/memory';
import { Sessions } from '../../src/identity/sessions';
import { CdfAuthError } from '../../src/shared/errors';
import { Secret } from '../../src/shared/secret';
import { FakeClock, settle } from '../fakes/clock';
import { connection } from '../fakes/sessions';

const ALICE = { key: 'a', name: 'Alice', username: 'alice@contoso.test' };
const BOB = { key: 'b', name: 'Bob', username: 'bob@contoso.test' };

const europe = connection({ label: 'Europe' });
const asia = connection({ label: 'Asia', cluster: 'asia-northeast1-1' });
const other = connection({ label: 'Other', clientId: 'other-app' });

/** An OAuth client whose sign-in window a test answers. */
class FakeClient implements IOAuthClient {
  constructor(private readonly _clock: FakeClock) {}

  windows: {
    interaction: IInteraction;
    answer(account: IKnownAccount): void;
    fail(error: Error): void;
  }[] = [];
  forgotten: string[] = [];
  failure: CdfAuthError | null = null;

  signIn(
    _: readonly string[],
    interaction: IInteraction
  ): Promise<IKnownAccount> {
    return new Promise((answer, fail) => {
      this.windows.push({ interaction, answer, fail });
      interaction.signal.addEventListener('abort', () =>
        fail(new Error('aborted'))
      );
    });
  }

  async acquire(key: string, scopes: readonly string[]): Promise<AccessToken> {
    if (this.failure) {
      throw this.failure;
    }
    const secret = new Secret(`${key} for ${scopes.join()}`);
    return new AccessToken(secret, scopes, 3600, 3600, this._clock);
  }

  async forget(key: string): Promise<void> {
    this.forgotten.push(key);
  }
}

function create(storage = new Map<string, string>()) {
  const clock = new FakeClock();
  const client = new FakeClient(clock);
  const created: string[] = [];
  let ids = 0;
  const sessions = new Sessions({
    memory: new TabMemory(
      {
        getItem: key => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value)
      },
      'k'
    ),
    clock,
    createId: () => `s${++ids}`,
    createClient: async ({ label }) => {
      created.push(label);
      return client;
    }
  });
  sessions.configure({ connections: [europe, asia, other], problems: [] });
  const signInAs = async (account: IKnownAccount): Promise<void> => {
    const done = sessions.signIn();
    await settle();
    client.windows.at(-1)!.answer(account);
    await done;
  };
  return { sessions, client, clock, created, storage, signInAs };
}

describe('signing in', () => {
  it('creates no OAuth client before somebody signs in', async () => {
    const { created, signInAs } = create();
    expect(created).toEqual([]);
    await signInAs(ALICE);
    expect(created).toEqual(['Europe']);
  });

  it('ends with a session that lasts a day', async () => {
    const { sessions, signInAs, clock } = create();
    await signInAs(ALICE);
    expect(sessions.pending).toBeNull();
    expect(sessions.session).toMatchObject({ id: 's1', account: ALICE });
    expect(sessions.session!.until - clock.now()).toBe(24 * 3600 * 1000);
  });

  it('can be cancelled at any moment, and a late answer changes nothing', async () => {
    const { sessions, client } = create();
    const done = sessions.signIn();
    expect(sessions.pending).not.toBeNull();
    sessions.cancelSignIn();
    expect(sessions.pending).toBeNull();
    await done;
    expect(sessions.failure).toBeNull();
    void sessions.signIn();
    await settle();
    sessions.cancelSignIn();
    client.windows.at(-1)!.answer(ALICE);
    await settle();
    expect(sessions.session).toBeNull();
    expect(client.windows.at(-1)!.interaction.signal.aborted).toBe(true);
  });

  it('with a second click replaces the first window', async () => {
    const { sessions, client } = create();
    void sessions.signIn();
    await settle();
    const second = sessions.signIn();
    await settle();
    expect(client.windows[0]!.interaction.signal.aborted).toBe(true);
    expect(sessions.pending).not.toBeNull();
    client.windows[1]!.answer(ALICE);
    await second;
    expect(sessions.session?.account.name).toBe('Alice');
    expect(sessions.failure).toBeNull();
  });

  it('tells that the window seems closed', async () => {
    const { sessions, client } = create();
    void sessions.signIn();
    await settle();
    client.windows[0]!.interaction.onWindowClosed();
    expect(sessions.pending).toEqual({ windowClosed: true });
  });

  it('shows a failure until the next attempt, and stays usable', async () => {
    const { sessions, client, signInAs } = create();
    const done = sessions.signIn();
    await settle();
    client.windows[0]!.fail(
      new CdfAuthError('popup_blocked', 'Blocked.', 'Allow.')
    );
    await done;
    expect(sessions.failure).toMatchObject({ code: 'popup_blocked' });
    expect(sessions.pending).toBeNull();
    await signInAs(ALICE);
    expect(sessions.failure).toBeNull();
  });

  it('is shared by connections that differ in the cluster only', async () => {
    const { sessions, signInAs } = create();
    await signInAs(ALICE);
    sessions.selectConnection('Asia');
    expect(sessions.session?.id).toBe('s1');
    sessions.selectConnection('Other');
    expect(sessions.session).toBeNull();
  });
});

describe('sessions', () => {
  it('of the same person keep their id when the person signs in again', async () => {
    const { sessions, client, signInAs } = create();
    await signInAs(ALICE);
    client.failure = new CdfAuthError('sign_in_required', 'Over.', 'Sign in.', {
      needsSignIn: true
    });
    await expect(sessions.session!.getToken(['x'])).rejects.toThrow('Over.');
    expect(sessions.session!.problem).toMatchObject({ message: 'Over.' });
    client.failure = null;
    await signInAs(ALICE);
    expect(sessions.session).toMatchObject({ id: 's1', problem: null });
    const token = await sessions.session!.getToken(['x']);
    expect(token.secret.reveal()).toBe('a for x');
  });

  it('of an earlier account go on serving, and never with the tokens of the later one', async () => {
    const { sessions, signInAs } = create();
    await signInAs(ALICE);
    await signInAs(BOB);
    expect(sessions.session?.account.name).toBe('Bob');
    const [alices, bobs] = await Promise.all([
      sessions.find('s1')!.getToken(['x']),
      sessions.find('s2')!.getToken(['x'])
    ]);
    expect(alices.secret.reveal()).toBe('a for x');
    expect(bobs.secret.reveal()).toBe('b for x');
  });

  it('end with the sign-out, all of that sign-in, and their tokens are dropped', async () => {
    const { sessions, client, signInAs } = create();
    const ended: string[] = [];
    sessions.ended.connect((_, id) => void ended.push(id));
    await signInAs(ALICE);
    await signInAs(BOB);
    await sessions.signOut();
    expect(ended).toEqual(['s1', 's2']);
    expect(sessions.session).toBeNull();
    expect(client.forgotten).toEqual(['a', 'b']);
  });

  it('do not end when only a consent is missing', async () => {
    const { sessions, client, signInAs } = create();
    await signInAs(ALICE);
    client.failure = new CdfAuthError('consent_required', 'No.', 'Ask.', {
      needsSignIn: true
    });
    await expect(sessions.session!.getToken(['x'])).rejects.toThrow('No.');
    expect(sessions.session!.problem).toBeNull();
  });

  it('come back after a reload, without any secret in the memory', async () => {
    const first = create();
    await first.signInAs(ALICE);
    first.sessions.selectConnection('Asia');
    await first.sessions.session!.getToken(['x']);
    const stored = [...first.storage.values()].join();
    expect(stored).not.toContain('a for');
    const second = create(first.storage);
    expect(second.sessions.connection?.id).toBe('Asia');
    expect(second.sessions.session).toMatchObject({ id: 's1', account: ALICE });
    expect(second.created).toEqual([]);
  });

  test.each(['nonsense', '{"sessions": 3}', '{"sessions": [{}]}', 'null'])(
    'start afresh where the memory holds %s',
    text => {
      const { sessions } = create(new Map([['k', text]]));
      expect(sessions.session).toBeNull();
      expect(sessions.connection?.id).toBe('Europe');
    }
  );
});

it('an unknown connection is refused with its name', () => {
  const { sessions } = create();
  expect(() => sessions.selectConnection('Nowhere')).toThrow('"Nowhere"');
});
