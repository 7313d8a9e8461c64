import { settle } from '../fakes/clock';
import type { ICourierSetup } from '../fakes/holder';
import { createCourier, has } from '../fakes/holder';
import type { FakeTransport } from '../fakes/transport';

const OLDER = '2025-12-31T23:00:00.000Z';
const NEWER = '2025-12-31T23:30:00.000Z';

/** The projects that the kernel was told, in order. */
const told = (transport: FakeTransport): unknown[] =>
  transport.sent
    .filter(({ op }) => op === 'context')
    .map(({ project }) => project);

/** When this tab chose; whom the agent follows, and since when. */
type State = [string, string | null, string | null];

/** This tab has selected "mine" at `since` when it meets an agent that follows `session`. */
const meets =
  (...[since, session, theirs]: State) =>
  (setup: Omit<ICourierSetup, 'courier'>): void => {
    has('a')(setup);
    setup.transport.followed = session;
    setup.transport.since = theirs;
    setup.holder.select('mine', since);
  };

describe('a tab that attaches', () => {
  it.each<[string, ...State]>([
    ['nobody', OLDER, null, null],
    ['an older choice', NEWER, 'other', OLDER],
    ['its own choice, after a reload', OLDER, 's1', OLDER],
    ['its own session with an older project', NEWER, 's1', OLDER],
    ['an agent that does not say since when', OLDER, 'other', null],
    ['an agent whose time cannot be read', OLDER, 'other', 'yesterday']
  ])('tells its choice to a kernel that follows %s', async (_, ...state) => {
    const { transport } = await createCourier(meets(...state));
    expect(told(transport)).toEqual(['mine']);
  });

  it.each<[string, ...State]>([
    ['a newer choice', OLDER, 'other', NEWER],
    ['a choice of the same moment', OLDER, 'other', OLDER],
    ["another tab's newer project of the same session", OLDER, 's1', NEWER]
  ])('does not take a kernel away from %s', async (_, ...state) => {
    const { transport, clock } = await createCourier(meets(...state));
    await clock.advance(10_000);
    expect(told(transport)).toEqual([]);
  });
});

describe('a tab that is attached', () => {
  it('tells what the user chooses at once', async () => {
    const { transport, holder, clock } = await createCourier(
      meets(OLDER, 'other', NEWER)
    );
    await clock.advance(5000);
    const before = transport.sent.length;
    holder.select('chosen', new Date(clock.now()).toISOString());
    expect(transport.sent.slice(before).map(({ op }) => op)).toEqual([
      'context'
    ]);
    expect(told(transport)).toEqual(['chosen']);
  });

  it('asks first where nobody chose just now: a session that a reload brings back', async () => {
    const { transport, holder } = await createCourier(has('a'));
    transport.followed = 'other';
    transport.since = NEWER;
    holder.select('mine', OLDER);
    await settle();
    expect(told(transport)).toEqual([]);
    transport.since = OLDER;
    holder.select('mine', NEWER);
    await settle();
    expect(told(transport)).toEqual(['mine']);
  });

  it('says nothing has settled that another tab has replaced meanwhile', async () => {
    const { transport, holder, clock } = await createCourier(setup => {
      has('a')(setup);
      setup.transport.status = 'busy';
    });
    holder.select('mine', new Date(clock.now()).toISOString());
    await clock.advance(1000);
    transport.followed = 'other';
    transport.since = new Date(clock.now()).toISOString();
    transport.setStatus('idle');
    await clock.advance(1000);
    expect(told(transport)).toEqual(['mine']);
  });

  it('settles its choice also with a kernel that is slow to answer', async () => {
    const { transport, holder, clock } = await createCourier(has('a'));
    holder.select('mine', new Date(clock.now()).toISOString());
    transport.isSilent = true;
    await clock.advance(500);
    expect(told(transport)).toEqual(['mine', 'mine']);
  });
});

describe('a question for a session that another window held', () => {
  const ask = async ({ transport, clock }: ICourierSetup, id = 'q') => {
    transport.ask({ id, session: 'elsewhere' });
    await clock.advance(1000);
  };

  async function leaving(): Promise<ICourierSetup> {
    const setup = await createCourier(has('a'));
    setup.holder.reply = null;
    return setup;
  }

  it('shows when it was repeated three times and nobody answered', async () => {
    const setup = await leaving();
    for (let repeat = 0; repeat < 3; repeat++) {
      await ask(setup);
    }
    expect(setup.courier.state).toBe('attached');
    await ask(setup);
    expect(setup.courier.state).toBe('waiting');
    expect(setup.courier.waitsFor).toBe('elsewhere');
    expect(setup.transport.operations).toEqual(['hello']);
  });

  it("is the server's business where the server holds the selected one", async () => {
    const setup = await leaving();
    setup.holder.delegate = 'elsewhere';
    for (let repeat = 0; repeat < 4; repeat++) {
      await ask(setup);
    }
    expect(setup.courier.waitsFor).toBe('server');
  });

  it.each([
    [null, null, 'elsewhere'],
    [null, 'd1', 'server']
  ] as const)(
    'may name no session (%s): whom it waits for is who holds the selected one (%s)',
    async (session, delegate, whom) => {
      const setup = await leaving();
      setup.holder.delegate = delegate;
      for (let repeat = 0; repeat < 4; repeat++) {
        setup.transport.ask({ id: 'q', session });
        await setup.clock.advance(1000);
      }
      expect(setup.courier.waitsFor).toBe(whom);
    }
  );

  it('is no sign of anything when many questions come once each', async () => {
    const setup = await leaving();
    for (let repeat = 0; repeat < 10; repeat++) {
      await ask(setup, `q${repeat}`);
    }
    expect(setup.courier.state).toBe('attached');
  });

  it('is over when it does not come any more', async () => {
    const setup = await leaving();
    for (let repeat = 0; repeat < 6; repeat++) {
      await ask(setup);
    }
    await setup.clock.advance(3999);
    expect(setup.courier.state).toBe('waiting');
    await setup.clock.advance(1);
    expect(setup.courier.state).toBe('attached');
    expect(setup.courier.waitsFor).toBeNull();
    expect(setup.clock.pending).toBe(0);
  });
});

it('waiting for a sign-in here is over when another tab has answered', async () => {
  const { transport, holder, courier, clock } = await createCourier(has('a'));
  holder.reply = {
    op: 'waiting',
    session: null,
    reason: 'sign_in_required',
    problem: null
  };
  transport.ask({ id: 'q' });
  await settle();
  expect(courier.state).toBe('waiting');
  expect(courier.waitsFor).toBe('sign-in');
  await clock.advance(5000);
  expect(courier.state).toBe('attached');
});

it('waiting for the sign-in service tells why', async () => {
  const { transport, holder, courier } = await createCourier(has('a'));
  const problem = { code: 'x', message: 'Down.', action: 'Wait.' };
  holder.reply = {
    op: 'waiting',
    session: 's1',
    reason: 'provider_unreachable',
    problem
  };
  transport.ask({ id: 'q' });
  await settle();
  expect(courier.waitsFor).toBe('provider');
  expect(courier.problem).toEqual(problem);
});
