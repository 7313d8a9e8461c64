import { CdfAuthError } from '../../src/shared/errors';
import { settle } from '../fakes/clock';
import {
  ALICE,
  BOB,
  createSessions,
  other,
  serverSession
} from '../fakes/identity';

type Setup = ReturnType<typeof createSessions>;

const moved = serverSession({ account: ALICE, replaces: 's1' });

/** Alice is signed in in this tab, and asks for a code that moves her session. */
async function begin(setup = createSessions()) {
  const { sessions, signInAs } = setup;
  const events: string[] = [];
  sessions.ended.connect((_, id) => void events.push(`ended ${id}`));
  await signInAs({ ...ALICE, objectId: 'alices-oid' });
  sessions.chosen.connect(() => void events.push('chosen'));
  sessions.handover.moved.connect(
    (_, { from, to }) => void events.push(`moved ${from} ${to}`)
  );
  const done = sessions.moveToServer();
  await settle();
  return { ...setup, events, done };
}

/** She has entered it. */
async function move(setup?: Setup) {
  const begun = await begin(setup);
  begun.server.sessions = [moved];
  await begun.clock.advance(1000);
  await begun.done;
  return begun;
}

describe('moving a session to the server', () => {
  it('asks for a code, and says to the server whose session it is', async () => {
    const { sessions, server } = await begin();
    expect(server.replaced).toEqual({
      session: 's1',
      account: { username: 'alice@contoso.test', objectId: 'alices-oid' }
    });
    expect(sessions.pending).toMatchObject({
      flow: 'device-code',
      code: 'BQKX-7TRD',
      isMove: true
    });
    expect(sessions.session?.id).toBe('s1');
  });

  it('selects the new session in the place of the old one, which is no choice of the user', async () => {
    const { sessions, events } = await move();
    expect(sessions).toMatchObject({ pending: null, failure: null });
    expect(sessions.session).toMatchObject({ id: 'd1', holder: 'server' });
    expect(sessions.others).toEqual([]);
    expect(events).toEqual(['moved s1 d1']);
  });

  it('leaves a session selected that is none of it', async () => {
    const begun = await begin();
    begun.server.sessions.push(serverSession({ id: 'd0' }));
    await begun.sessions.refresh();
    begun.sessions.selectSession('d0');
    begun.server.sessions = [serverSession({ id: 'd0' }), moved];
    await begun.clock.advance(1000);
    await begun.done;
    expect(begun.sessions.session?.id).toBe('d0');
    expect(begun.sessions.others.map(({ id }) => id)).toEqual(['d1']);
  });

  it('is one move, whoever sees first that it was made', async () => {
    const { sessions, server, clock, done, events } = await begin();
    server.sessions = [moved];
    await sessions.refresh();
    await clock.advance(1000);
    await done;
    expect(sessions.session?.id).toBe('d1');
    expect(events).toEqual(['moved s1 d1']);
  });

  it('starts a new session, and renews none that has ended', async () => {
    const setup = createSessions();
    await setup.signInAs(BOB);
    const problem = { code: 'x', message: 'Over.', action: 'Sign in.' };
    setup.server.sessions = [
      serverSession({ id: 'd0', status: 'ended', problem })
    ];
    await setup.sessions.refresh();
    void setup.sessions.moveToServer();
    await settle();
    expect(setup.server.calls).toContain('start Europe null');
  });

  it('does nothing for a session that the server holds already', async () => {
    const { sessions, server } = await move();
    const before = server.calls.length;
    await sessions.moveToServer();
    expect(server.calls).toHaveLength(before);
  });
});

describe('while kernels may ask for the old session', () => {
  it('this tab answers for it', async () => {
    const { sessions, client } = await move();
    const token = await sessions.find('s1')!.getToken(['x']);
    expect(token.secret.reveal()).toBe('a for x');
    expect(sessions.handover.isAwaited('d1')).toBe(true);
    expect(client.forgotten).toEqual([]);
  });

  it('it keeps the tokens, and drops them when all kernels have heard', async () => {
    const { sessions, client } = await move();
    sessions.handover.complete('d1');
    await settle();
    expect(client.forgotten).toEqual(['a']);
    expect(sessions.find('s1')).toBeNull();
    expect(sessions.handover.isAwaited('d1')).toBe(false);
    expect(sessions.session?.id).toBe('d1');
  });

  it('a reload ends that: it does not come back, and its tokens are dropped', async () => {
    const { storage, server } = await move();
    const again = createSessions(storage, server);
    await again.configured;
    await settle();
    expect(again.sessions.session?.id).toBe('d1');
    expect(again.sessions.others).toEqual([]);
    expect(again.sessions.find('s1')).toBeNull();
    expect(again.client.forgotten).toEqual(['a']);
    const third = createSessions(storage, server);
    await third.configured;
    expect(third.created).toEqual([]);
  });

  it('tokens stay that a later sign-in of the same person lives on', async () => {
    const { sessions, client, signInAs } = await move();
    await signInAs(ALICE);
    expect(sessions.session).toMatchObject({ id: 's2', holder: 'tab' });
    sessions.handover.complete('d1');
    await settle();
    expect(client.forgotten).toEqual([]);
  });

  it('but not those of the same person in another application', async () => {
    const setup = createSessions();
    setup.sessions.selectConnection(other.id);
    await setup.signInAs(ALICE);
    setup.sessions.selectConnection('Europe');
    await setup.signInAs(ALICE);
    void setup.sessions.moveToServer();
    await settle();
    setup.server.sessions = [serverSession({ account: ALICE, replaces: 's2' })];
    await setup.clock.advance(1000);
    setup.sessions.handover.complete('d1');
    await settle();
    expect(setup.client.forgotten).toEqual(['a']);
  });

  it('a sign-out is one of both, and the server is told', async () => {
    const { sessions, server, client, events } = await move();
    await sessions.signOut();
    await settle();
    expect(events.slice(1)).toEqual(['ended d1', 'ended s1']);
    expect(server.calls.at(-1)).toBe('remove d1');
    expect(client.forgotten).toEqual(['a']);
    expect(sessions.find('s1')).toBeNull();
  });
});

describe('a move that comes to nothing', () => {
  const expectAsBefore = ({
    sessions,
    client,
    events
  }: Awaited<ReturnType<typeof begin>>): void => {
    expect(sessions.pending).toBeNull();
    expect(sessions.session).toMatchObject({
      id: 's1',
      holder: 'tab',
      problem: null
    });
    expect(sessions.find('s1')).not.toBeNull();
    expect(client.forgotten).toEqual([]);
    expect(events).toEqual([]);
  };

  it('by Cancel leaves everything as it was, and the code is called off', async () => {
    const begun = await begin();
    begun.sessions.cancelSignIn();
    await begun.done;
    await settle();
    expectAsBefore(begun);
    expect(begun.sessions.failure).toBeNull();
    expect(begun.server.calls.at(-1)).toBe('remove d1');
  });

  it.each(['other_account', 'code_expired', 'policy'])(
    'by %s says so in the words of the server',
    async code => {
      const begun = await begin();
      const problem = { code, message: 'Bob has signed in.', action: 'Again.' };
      begun.server.sessions = [
        serverSession({
          status: 'failed',
          account: null,
          problem,
          replaces: 's1'
        })
      ];
      await begun.clock.advance(1000);
      await begun.done;
      await begun.sessions.refresh();
      expectAsBefore(begun);
      expect(begun.sessions.failure).toMatchObject(problem);
    }
  );

  it('by a restart of the server in the middle', async () => {
    const begun = await begin();
    begun.server.failure = new CdfAuthError('server_unreachable', 'Away.', '', {
      transient: true
    });
    await begun.clock.advance(5000);
    begun.server.failure = null;
    begun.server.sessions = [];
    await begun.clock.advance(1000);
    await begun.done;
    expectAsBefore(begun);
    expect(begun.sessions.failure).toMatchObject({ code: 'sign_in_lost' });
  });
});

describe('other pages', () => {
  it('that were reloaded while the code was entered find that it was a move', async () => {
    const { storage, server } = await begin();
    server.sessions = [moved];
    const again = createSessions(storage, server);
    await again.configured;
    expect(again.sessions.session?.id).toBe('d1');
    expect(again.sessions.others).toEqual([]);
    expect(again.sessions.find('s1')).not.toBeNull();
  });

  it('that were reloaded before go on waiting for it, and it is one then', async () => {
    const { storage, server } = await begin();
    const again = createSessions(storage, server);
    const events: string[] = [];
    again.sessions.chosen.connect(() => void events.push('chosen'));
    await again.configured;
    await settle();
    expect(again.sessions.pending).toMatchObject({ isMove: true });
    server.sessions = [moved];
    await again.clock.advance(1000);
    expect(again.sessions.session?.id).toBe('d1');
    expect(events).toEqual([]);
  });

  it('with a session of their own keep it', async () => {
    const { server } = await move();
    const elsewhere = createSessions(new Map(), server);
    await elsewhere.configured;
    await elsewhere.signInAs(BOB);
    await elsewhere.sessions.refresh();
    expect(elsewhere.sessions.session).toMatchObject({ holder: 'tab' });
    expect(elsewhere.sessions.others.map(({ id }) => id)).toEqual(['d1']);
  });
});
