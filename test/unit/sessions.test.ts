import { CdfAuthError } from '../../src/shared/errors';
import { settle } from '../fakes/clock';
import {
  ALICE,
  BOB,
  FakeServer,
  asia,
  createSessions,
  europe,
  serverSession
} from '../fakes/identity';
import type { IServerList } from '../../src/identity/server-api';

describe('signing in', () => {
  it('creates no OAuth client before somebody signs in', async () => {
    const { created, signInAs } = createSessions();
    expect(created).toEqual([]);
    await signInAs(ALICE);
    expect(created).toEqual(['Europe']);
  });

  it('ends with a session that lasts a day', async () => {
    const { sessions, signInAs, clock } = createSessions();
    await signInAs(ALICE);
    expect(sessions.pending).toBeNull();
    expect(sessions.session).toMatchObject({ id: 's1', account: ALICE });
    expect(sessions.session!.until! - clock.now()).toBe(24 * 3600 * 1000);
  });

  it('can be cancelled at any moment, and a late answer changes nothing', async () => {
    const { sessions, client } = createSessions();
    const done = sessions.signIn('interactive');
    expect(sessions.pending).not.toBeNull();
    sessions.cancelSignIn();
    expect(sessions.pending).toBeNull();
    await done;
    expect(sessions.failure).toBeNull();
    void sessions.signIn('interactive');
    await settle();
    sessions.cancelSignIn();
    client.windows.at(-1)!.answer(ALICE);
    await settle();
    expect(sessions.session).toBeNull();
    expect(client.windows.at(-1)!.interaction.signal.aborted).toBe(true);
  });

  it('with a second click replaces the first window', async () => {
    const { sessions, client } = createSessions();
    void sessions.signIn('interactive');
    await settle();
    const second = sessions.signIn('interactive');
    await settle();
    expect(client.windows[0]!.interaction.signal.aborted).toBe(true);
    expect(sessions.pending).not.toBeNull();
    client.windows[1]!.answer(ALICE);
    await second;
    expect(sessions.session?.account.name).toBe('Alice');
    expect(sessions.failure).toBeNull();
  });

  it('tells that the window seems closed', async () => {
    const { sessions, client } = createSessions();
    void sessions.signIn('interactive');
    await settle();
    client.windows[0]!.interaction.onWindowClosed();
    expect(sessions.pending).toEqual({
      flow: 'interactive',
      windowClosed: true
    });
  });

  it('shows a failure until the next attempt, and stays usable', async () => {
    const { sessions, client, signInAs } = createSessions();
    const done = sessions.signIn('interactive');
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

  it('that failed is not held against a user who goes on otherwise', async () => {
    const { sessions, client, signInAs } = createSessions();
    const fail = async (): Promise<void> => {
      const done = sessions.signIn('interactive');
      await settle();
      client.windows.at(-1)!.fail(new CdfAuthError('x', 'It broke.', ''));
      await done;
      expect(sessions.failure).not.toBeNull();
    };
    await signInAs(ALICE);
    await signInAs(BOB);
    await fail();
    sessions.selectSession('s1');
    expect(sessions.failure).toBeNull();
    await fail();
    await sessions.signOut();
    expect(sessions.failure).toBeNull();
  });

  it('is shared by connections that differ in the cluster only', async () => {
    const { sessions, signInAs } = createSessions();
    await signInAs(ALICE);
    sessions.selectConnection('Asia');
    expect(sessions.session?.id).toBe('s1');
    sessions.selectConnection('Other');
    expect(sessions.session).toBeNull();
  });
});

describe('sessions', () => {
  it('of the same person keep their id when the person signs in again', async () => {
    const { sessions, client, signInAs } = createSessions();
    await signInAs(ALICE);
    client.failure = new CdfAuthError('sign_in_required', 'Over.', 'Sign in.', {
      needsSignIn: true
    });
    await expect(sessions.find('s1')!.getToken(['x'])).rejects.toThrow('Over.');
    expect(sessions.session!.problem).toMatchObject({ message: 'Over.' });
    client.failure = null;
    await signInAs(ALICE);
    expect(sessions.session).toMatchObject({ id: 's1', problem: null });
    const token = await sessions.find('s1')!.getToken(['x']);
    expect(token.secret.reveal()).toBe('a for x');
  });

  it('of an earlier account go on serving, and never with the tokens of the later one', async () => {
    const { sessions, signInAs } = createSessions();
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

  it('end one by one with the sign-out, and their tokens are dropped', async () => {
    const { sessions, client, signInAs } = createSessions();
    const ended: string[] = [];
    sessions.ended.connect((_, id) => void ended.push(id));
    await signInAs(ALICE);
    await signInAs(BOB);
    await sessions.signOut();
    // Nobody goes on as Alice who was Bob, until the user says so.
    expect(sessions.session).toBeNull();
    sessions.selectSession('s1');
    expect(sessions.session?.account.name).toBe('Alice');
    await sessions.signOut();
    expect(ended).toEqual(['s2', 's1']);
    expect(sessions.session).toBeNull();
    expect(client.forgotten).toEqual(['b', 'a']);
  });

  it('whose tokens could not be dropped lose them after the next reload', async () => {
    const { sessions, client, signInAs, storage } = createSessions();
    await signInAs(ALICE);
    jest
      .spyOn(client, 'forget')
      .mockRejectedValueOnce(new CdfAuthError('part_missing', 'Gone.', ''));
    await sessions.signOut();
    await settle();
    expect(client.forgotten).toEqual([]);
    const again = createSessions(storage);
    await settle();
    expect(again.sessions.session).toBeNull();
    expect(again.client.forgotten).toEqual(['a']);
    expect(createSessions(storage).created).toEqual([]);
  });

  it('can be chosen among, and the choice outlives a reload', async () => {
    const { sessions, signInAs, storage } = createSessions();
    await signInAs(ALICE);
    await signInAs(BOB);
    expect(sessions.others.map(({ id }) => id)).toEqual(['s1']);
    sessions.selectSession('s1');
    expect(sessions.session?.id).toBe('s1');
    expect(createSessions(storage).sessions.session?.id).toBe('s1');
  });

  it('do not end when only a consent is missing', async () => {
    const { sessions, client, signInAs } = createSessions();
    await signInAs(ALICE);
    client.failure = new CdfAuthError('consent_required', 'No.', 'Ask.', {
      needsSignIn: true
    });
    await expect(sessions.find('s1')!.getToken(['x'])).rejects.toMatchObject({
      message: 'No.',
      action: expect.stringMatching(
        /https:\/\/login\..*\/adminconsent\?client_id=spa$/
      )
    });
    expect(sessions.session!.problem).toBeNull();
  });

  it('come back after a reload, without any secret in the memory', async () => {
    const first = createSessions();
    await first.signInAs(ALICE);
    first.sessions.selectConnection('Asia');
    await first.sessions.find('s1')!.getToken(['x']);
    const stored = [...first.storage.values()].join();
    expect(stored).not.toContain('a for');
    const second = createSessions(first.storage);
    expect(second.sessions.connection?.id).toBe('Asia');
    expect(second.sessions.session).toMatchObject({ id: 's1', account: ALICE });
    expect(second.created).toEqual([]);
  });

  test.each(['nonsense', '{"sessions": 3}', '{"sessions": [{}]}', 'null'])(
    'start afresh where the memory holds %s',
    text => {
      const { sessions } = createSessions(new Map([['k', text]]));
      expect(sessions.session).toBeNull();
      expect(sessions.connection?.id).toBe('Europe');
    }
  );
});

it('an unknown connection is refused with its name', () => {
  const { sessions } = createSessions();
  expect(() => sessions.selectConnection('Nowhere')).toThrow('"Nowhere"');
});

describe('a device code', () => {
  it('is shown until the person has approved, and ends in a session of the server', async () => {
    const { sessions, server, clock } = createSessions();
    const done = sessions.signIn('device-code');
    expect(sessions.pending).toMatchObject({ code: null });
    await settle();
    expect(sessions.pending).toEqual({
      flow: 'device-code',
      code: 'BQKX-7TRD',
      page: 'https://microsoft.com/devicelogin',
      until: clock.now() + 900_000,
      isMove: false
    });
    await clock.advance(3000);
    expect(sessions.pending).not.toBeNull();
    server.sessions = [serverSession()];
    await clock.advance(1000);
    await done;
    expect(sessions.pending).toBeNull();
    expect(sessions.session).toMatchObject({
      id: 'd1',
      holder: 'server',
      account: BOB
    });
    expect(clock.pending).toBe(0);
  });

  it('that is cancelled is called off at the server too', async () => {
    const { sessions, server, clock } = createSessions();
    const done = sessions.signIn('device-code');
    await settle();
    sessions.cancelSignIn();
    await done;
    await settle();
    expect(server.calls.at(-1)).toBe('remove d1');
    expect(sessions).toMatchObject({ pending: null, failure: null });
    expect(clock.pending).toBe(0);
  });

  it('that is cancelled before the server has one is called off when it comes', async () => {
    const { sessions, server } = createSessions();
    const done = sessions.signIn('device-code');
    sessions.cancelSignIn();
    await done;
    expect(server.calls.at(-1)).toBe('remove d1');
    expect(server.sessions).toEqual([]);
    expect(sessions).toMatchObject({ pending: null, session: null });
  });

  it.each([
    ['failed', { code: 'declined', message: 'AADSTS65004.', action: 'Again.' }],
    ['failed', { code: 'expired', message: 'Too late.', action: 'Again.' }]
  ] as const)(
    'that has %s ends in the words of the server',
    async (status, problem) => {
      const { sessions, server, clock } = createSessions();
      const done = sessions.signIn('device-code');
      await settle();
      server.sessions = [serverSession({ status, problem, account: null })];
      await clock.advance(1000);
      await done;
      expect(sessions.failure).toMatchObject(problem);
      expect(sessions.session).toBeNull();
    }
  );

  it('survives a server that is away for a moment', async () => {
    const { sessions, server, clock } = createSessions();
    const done = sessions.signIn('device-code');
    await settle();
    server.failure = new CdfAuthError('server_unreachable', 'Away.', '', {
      transient: true
    });
    await clock.advance(5000);
    expect(sessions.pending).not.toBeNull();
    server.failure = null;
    server.sessions = [serverSession()];
    await clock.advance(1000);
    await done;
    expect(sessions.session?.id).toBe('d1');
  });

  it('that a restarted server has forgotten is said to be lost', async () => {
    const { sessions, server, clock } = createSessions();
    const done = sessions.signIn('device-code');
    await settle();
    server.sessions = [];
    await clock.advance(1000);
    await done;
    expect(sessions.failure).toMatchObject({ code: 'sign_in_lost' });
  });

  it('renews a session of the server that has ended', async () => {
    const server = new FakeServer();
    const problem = { code: 'x', message: 'Over.', action: 'Sign in.' };
    server.sessions = [serverSession({ status: 'ended', problem })];
    const { sessions, configured, clock } = createSessions(new Map(), server);
    await configured;
    expect(sessions.session).toMatchObject({ id: 'd1', problem });
    const done = sessions.signIn('device-code');
    await settle();
    expect(server.calls).toContain('start Europe d1');
    server.sessions = [serverSession()];
    await clock.advance(1000);
    await done;
    expect(sessions.session).toMatchObject({ id: 'd1', problem: null });
  });
});

describe('a renewal by device code', () => {
  it('that is cancelled leaves the session to be renewed later', async () => {
    const server = new FakeServer();
    const problem = { code: 'x', message: 'Over.', action: 'Sign in.' };
    server.sessions = [serverSession({ status: 'ended', problem })];
    const { sessions, configured } = createSessions(new Map(), server);
    await configured;
    const done = sessions.signIn('device-code');
    await settle();
    sessions.cancelSignIn();
    await done;
    await settle();
    expect(server.calls.filter(call => call.startsWith('remove'))).toEqual([]);
    // The server waits for the code until it expires; meanwhile the session is as it was.
    server.sessions = [serverSession({ status: 'pending', account: BOB })];
    await sessions.refresh();
    expect(sessions.session).toMatchObject({
      id: 'd1',
      account: BOB,
      problem: { code: 'sign_in_required' }
    });
    void sessions.signIn('device-code');
    await settle();
    expect(
      server.calls.filter(call => call === 'start Europe d1')
    ).toHaveLength(2);
  });
});

describe('profiles', () => {
  const nightly = {
    name: 'nightly',
    description: 'Forecasts',
    clusters: [europe.cluster, asia.cluster]
  };
  const asian = { ...nightly, name: 'asian', clusters: ['asia-northeast1-1'] };

  async function withProfiles() {
    const server = new FakeServer();
    server.profiles = [nightly, asian];
    const made = createSessions(new Map(), server);
    await made.sessions.refresh();
    return { ...made, server };
  }

  it('are offered for the clusters that they are for', async () => {
    const { sessions } = await withProfiles();
    expect(sessions.profiles).toEqual([nightly]);
    sessions.selectConnection('Asia');
    expect(sessions.profiles).toEqual([nightly, asian]);
  });

  it('serve one connection, and only that', async () => {
    const { sessions, server } = await withProfiles();
    const pending: unknown[] = [];
    sessions.changed.connect(() => pending.push(sessions.pending));
    await sessions.useProfile('nightly');
    expect(pending).toContainEqual({ flow: 'profile', name: 'nightly' });
    expect(server.calls).toContain('use nightly Europe');
    expect(sessions.pending).toBeNull();
    expect(sessions.session).toMatchObject({
      holder: 'server',
      profile: 'nightly'
    });
    sessions.selectConnection('Asia');
    expect(sessions.session).toBeNull();
    expect(sessions.others).toEqual([]);
    sessions.selectConnection('Europe');
    expect(sessions.session?.profile).toBe('nightly');
  });

  it('that get no token are a failure that says why, and change nothing', async () => {
    const { sessions, server, signInAs } = await withProfiles();
    await signInAs(ALICE);
    server.failure = new CdfAuthError('secret_expired', 'It has expired.', '');
    await sessions.useProfile('nightly');
    expect(sessions.failure?.code).toBe('secret_expired');
    expect(sessions.session?.account).toEqual(ALICE);
  });

  it('that are cancelled are given back when the server has one', async () => {
    const { sessions, server } = await withProfiles();
    const done = sessions.useProfile('nightly');
    sessions.cancelSignIn();
    expect(sessions.pending).toBeNull();
    await done;
    expect(server.calls.at(-1)).toBe('remove p-nightly');
    await sessions.refresh();
    expect(sessions).toMatchObject({ session: null, failure: null });
  });

  it('are no session that a device code could renew', async () => {
    const { sessions, server } = await withProfiles();
    await sessions.useProfile('nightly');
    server.sessions = server.sessions.map(one => ({
      ...one,
      problem: {
        code: 'secret_expired',
        message: 'It has expired.',
        action: ''
      }
    }));
    await sessions.refresh();
    expect(sessions.session?.problem?.code).toBe('secret_expired');
    void sessions.signIn('device-code');
    await settle();
    expect(server.calls).toContain('start Europe null');
  });
});

describe('sessions of the server', () => {
  it('that were selected before a reload are not replaced by one of this tab meanwhile', async () => {
    const first = createSessions();
    await first.signInAs(ALICE);
    first.server.sessions = [serverSession()];
    await first.sessions.refresh();
    first.sessions.selectSession('d1');
    const { sessions, configured } = createSessions(
      first.storage,
      first.server
    );
    expect(sessions.session).toBeNull();
    await configured;
    expect(sessions.session?.id).toBe('d1');
  });

  it('that the user has ended do not come back with an answer that was on its way', async () => {
    const server = new FakeServer();
    server.sessions = [serverSession()];
    const { sessions, configured } = createSessions(new Map(), server);
    await configured;
    const late = sessions.refresh();
    await sessions.signOut();
    server.sessions = [serverSession()];
    await late;
    await sessions.refresh();
    expect(sessions).toMatchObject({ session: null, failure: null });
  });

  it('are there when the page opens, whoever started them', async () => {
    const server = new FakeServer();
    server.sessions = [serverSession()];
    const { sessions, configured } = createSessions(new Map(), server);
    await configured;
    expect(sessions.session).toMatchObject({ id: 'd1', holder: 'server' });
  });

  it('never push a session of this tab aside, and are offered beside it', async () => {
    const { sessions, server, signInAs } = createSessions();
    await signInAs(ALICE);
    server.sessions = [serverSession()];
    await sessions.refresh();
    expect(sessions.session?.id).toBe('s1');
    expect(sessions.others.map(({ id }) => id)).toEqual(['d1']);
  });

  it('end at the server when the user signs out', async () => {
    const server = new FakeServer();
    server.sessions = [serverSession()];
    const { sessions, configured } = createSessions(new Map(), server);
    await configured;
    await sessions.signOut();
    expect(server.calls.at(-1)).toBe('remove d1');
    expect(sessions.session).toBeNull();
  });

  it('stay where the sign-out fails, and it can be tried again', async () => {
    const server = new FakeServer();
    server.sessions = [serverSession()];
    const { sessions, configured } = createSessions(new Map(), server);
    await configured;
    const failing = jest
      .spyOn(server, 'remove')
      .mockRejectedValueOnce(
        new CdfAuthError('server_unreachable', 'Away.', 'Try again.')
      );
    await sessions.signOut();
    expect(sessions.failure).toMatchObject({ code: 'server_unreachable' });
    expect(sessions.session?.id).toBe('d1');
    await sessions.refresh();
    expect(sessions.session?.id).toBe('d1');
    await sessions.signOut();
    expect(failing).toHaveBeenCalledTimes(2);
    expect(sessions).toMatchObject({ session: null, failure: null });
  });

  it('that the server has forgotten already are signed out of', async () => {
    const server = new FakeServer();
    server.sessions = [serverSession()];
    const { sessions, configured } = createSessions(new Map(), server);
    await configured;
    jest
      .spyOn(server, 'remove')
      .mockRejectedValueOnce(new CdfAuthError('no_session', 'None.', ''));
    await sessions.signOut();
    expect(sessions).toMatchObject({ session: null, failure: null });
  });

  it.each([
    [{}, 'bob@contoso.test'],
    [{ profile: { name: 'nightly' } }, 'nightly']
  ])(
    'that vanish while they are selected are said to (%j)',
    async (of, who) => {
      const server = new FakeServer();
      server.sessions = [serverSession(of)];
      const { sessions, configured } = createSessions(new Map(), server);
      await configured;
      server.sessions = [];
      await sessions.refresh();
      expect(sessions.session).toBeNull();
      expect(sessions.failure).toMatchObject({ code: 'session_gone' });
      expect(sessions.failure!.message).toContain(who);
    }
  );

  it('that begin while the server is asked are not taken for vanished', async () => {
    const { sessions, server, configured } = createSessions();
    await configured;
    let answer: (list: IServerList) => void = () => undefined;
    jest
      .spyOn(server, 'list')
      .mockReturnValueOnce(new Promise(resolve => (answer = resolve)));
    const looking = sessions.refresh();
    server.profiles = [
      { name: 'nightly', description: '', clusters: [europe.cluster] }
    ];
    await sessions.useProfile('nightly');
    answer({ sessions: [], profiles: [] });
    await looking;
    expect(sessions.session?.id).toBe('p-nightly');
    expect(sessions.failure).toBeNull();
  });

  it('that ended show why at the next look', async () => {
    const server = new FakeServer();
    server.sessions = [serverSession()];
    const { sessions, configured } = createSessions(new Map(), server);
    await configured;
    const problem = { code: 'x', message: 'Over.', action: 'Sign in.' };
    server.sessions = [serverSession({ status: 'ended', problem })];
    await sessions.refresh();
    expect(sessions.session?.problem).toEqual(problem);
  });

  it('that this tab waits for are waited for again after a reload, those of other tabs not', async () => {
    const first = createSessions();
    void first.sessions.signIn('device-code');
    await settle();
    const { server, storage } = first;
    const elsewhere = createSessions(new Map(), server);
    await elsewhere.configured;
    await settle();
    expect(elsewhere.sessions.pending).toBeNull();
    const { sessions, configured, clock } = createSessions(storage, server);
    await configured;
    await settle();
    expect(sessions.pending).toMatchObject({ code: 'BQKX-7TRD' });
    server.sessions = [serverSession()];
    await clock.advance(1000);
    expect(sessions.session?.id).toBe('d1');
  });

  it('are not missed where there is no server part', async () => {
    const server = new FakeServer();
    server.failure = new CdfAuthError('server_missing', 'None.', '');
    const { sessions, configured, signInAs } = createSessions(
      new Map(),
      server
    );
    await configured;
    expect(sessions.failure).toBeNull();
    await signInAs(ALICE);
    expect(sessions.session?.id).toBe('s1');
  });
});
