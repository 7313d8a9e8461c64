import { Signal } from '@lumino/signaling';
import { AccessToken } from '../../src/credentials/token';
import type { IChoiceMemory, IServingSession } from '../../src/kernels/holder';
import { Holder } from '../../src/kernels/holder';
import type { ITokenRequest } from '../../src/kernels/protocol';
import { CdfAuthError } from '../../src/shared/errors';
import { Secret } from '../../src/shared/secret';
import { FakeClock } from '../fakes/clock';
import { FakeSessions, connection } from '../fakes/sessions';

const europe = connection({ label: 'Europe' });
const asia = connection({ label: 'Asia', cluster: 'asia-northeast1-1' });

class FakeSession implements IServingSession {
  constructor(
    readonly id: string,
    readonly username: string,
    private readonly _clock: FakeClock
  ) {}

  readonly connection = europe;
  readonly until = 0;
  holder: 'tab' | 'server' = 'tab';
  readonly kept = 'tab';
  readonly profile = null;
  problem: IServingSession['problem'] = null;
  failure: CdfAuthError | null = null;
  readonly asked: [readonly string[], number | null][] = [];

  get account() {
    return { name: this.username, username: this.username };
  }

  async getToken(
    scopes: readonly string[],
    minTtl: number | null
  ): Promise<AccessToken> {
    this.asked.push([scopes, minTtl]);
    if (this.failure) {
      throw this.failure;
    }
    const secret = new Secret(`token of ${this.username}`);
    return new AccessToken(secret, scopes, 30, 60, this._clock);
  }
}

const request = (fields: Partial<ITokenRequest> = {}): ITokenRequest => ({
  id: 'q',
  instance: 'a',
  session: null,
  scopes: [],
  minTtl: null,
  sent: 0,
  timeout: 60,
  ...fields
});

class Selection {
  selected: string | null = null;
  readonly changed = new Signal<any, void>(this);
  readonly chosen = new Signal<any, void>(this);

  select(name: string): void {
    this.selected = name;
    this.chosen.emit();
    this.changed.emit();
  }
}

/** What a tab remembers over a reload. */
class Memory implements IChoiceMemory {
  constructor(private _since: string | null = null) {}

  read(): string | null {
    return this._since;
  }

  write(since: string): void {
    this._since = since;
  }
}

function create(memory = new Memory()) {
  const clock = new FakeClock();
  const sessions = new FakeSessions<FakeSession>();
  const projects = new Selection();
  const holder = new Holder('h', sessions, projects, memory, clock);
  const alice = new FakeSession('s-alice', 'alice@contoso.test', clock);
  const bob = new FakeSession('s-bob', 'bob@contoso.test', clock);
  const restore = (session: FakeSession): void =>
    sessions.set({ connections: [europe, asia], connection: europe, session });
  const signIn = (session: FakeSession): void => {
    sessions.chosen.emit();
    restore(session);
  };
  return {
    clock,
    sessions,
    projects,
    memory,
    holder,
    alice,
    bob,
    restore,
    signIn
  };
}

describe('answering', () => {
  it('gives the token of the selected session, for the default scopes', async () => {
    const { holder, alice, signIn } = create();
    signIn(alice);
    expect(await holder.answer(request({ minTtl: 10 }), true)).toEqual({
      op: 'token',
      session: 's-alice',
      scopes: europe.scopes,
      token: 'token of alice@contoso.test',
      expiresIn: 30,
      lifetime: 60
    });
    expect(alice.asked).toEqual([[europe.scopes, 10]]);
  });

  it('tells this page of each token that a kernel is about to get', async () => {
    const { holder, alice, bob, signIn } = create();
    const told: string[] = [];
    holder.handedOut.connect(
      (_, { secret }) => void told.push(secret.reveal())
    );
    signIn(alice);
    await holder.answer(request(), true);
    await holder.answer(request({ session: 'else' }), true);
    alice.failure = new CdfAuthError('x', 'It broke.', '');
    await holder.answer(request(), true);
    bob.holder = 'server';
    signIn(bob);
    await holder.answer(request(), true);
    expect(told).toEqual(['token of alice@contoso.test']);
  });

  it('serves a session that is named though another is selected', async () => {
    const { holder, sessions, alice, bob, signIn } = create();
    sessions.others.push(alice);
    signIn(bob);
    expect(
      await holder.answer(request({ session: 's-alice' }), false)
    ).toMatchObject({ token: 'token of alice@contoso.test' });
  });

  it('leaves a session that it does not hold to its holder', async () => {
    const { holder, alice, signIn } = create();
    signIn(alice);
    expect(await holder.answer(request({ session: 'else' }), true)).toBeNull();
  });

  it('leaves a session that the server holds to the server', async () => {
    const { holder, bob, signIn } = create();
    bob.holder = 'server';
    signIn(bob);
    expect(await holder.answer(request(), true)).toBeNull();
    expect(holder.delegate).toBe('s-bob');
    expect(holder.context).toMatchObject({ session: 's-bob' });
  });

  it('asks for a sign-in for cells of this page only', async () => {
    const { holder } = create();
    expect(await holder.answer(request(), true)).toEqual({
      op: 'waiting',
      session: null,
      reason: 'sign_in_required',
      problem: null
    });
    expect(await holder.answer(request(), false)).toBeNull();
  });

  it('follows the selected connection where sessions share a sign-in', async () => {
    const { holder, sessions, alice, signIn } = create();
    signIn(alice);
    sessions.selectConnection('Asia');
    await holder.answer(request(), true);
    expect(alice.asked.at(-1)?.[0]).toEqual(asia.scopes);
  });

  it('makes a cell wait for what a sign-in or time can mend, and fail for the rest', async () => {
    const { holder, alice, signIn } = create();
    signIn(alice);
    for (const [code, reason] of [
      ['unreachable', 'provider_unreachable'],
      ['provider_busy', 'provider_busy']
    ] as const) {
      alice.failure = new CdfAuthError(code, 'Down.', 'Wait.', {
        transient: true
      });
      // By the reason the kernel tells what passes from what a sign-in mends.
      expect(await holder.answer(request(), true)).toMatchObject({
        op: 'waiting',
        reason,
        problem: { message: 'Down.', action: 'Wait.' }
      });
    }
    alice.failure = new CdfAuthError('sign_in_required', 'Over.', 'Sign in.');
    alice.problem = alice.failure;
    expect(await holder.answer(request(), true)).toMatchObject({
      op: 'waiting',
      session: 's-alice',
      reason: 'sign_in_required'
    });
    alice.problem = null;
    alice.failure = new CdfAuthError('consent_required', 'No.', 'Ask.');
    expect(await holder.answer(request(), true)).toEqual({
      op: 'error',
      session: 's-alice',
      code: 'consent_required',
      message: 'No.',
      action: 'Ask.'
    });
  });
});

describe('the context', () => {
  it('says where code works and since when', async () => {
    const { holder, projects, alice, signIn, clock } = create();
    expect(holder.context).toBeNull();
    signIn(alice);
    await clock.advance(5000);
    projects.select('plant-north');
    expect(holder.context).toEqual({
      session: 's-alice',
      connection: 'Europe',
      cluster: 'westeurope-1',
      project: 'plant-north',
      baseUrl: europe.baseUrl,
      account: 'alice@contoso.test',
      scopes: europe.scopes,
      since: new Date(clock.now()).toISOString()
    });
  });

  it('is never older than the choice before, though the clock was set back', async () => {
    const { holder, projects, alice, signIn, clock } = create();
    signIn(alice);
    projects.select('plant-north');
    const before = Date.parse(holder.context!.since);
    clock.sleep(-3600_000);
    projects.select('plant-south');
    expect(Date.parse(holder.context!.since)).toBe(before + 1);
    clock.sleep(3600_000 + 5000);
    projects.select('plant-north');
    expect(Date.parse(holder.context!.since)).toBe(clock.now());
  });

  it('changes only when something in it does', () => {
    const { holder, sessions, projects, alice, signIn } = create();
    let changes = 0;
    holder.contextChanged.connect(() => {
      changes += 1;
    });
    signIn(alice);
    sessions.changed.emit();
    projects.changed.emit();
    expect(changes).toBe(1);
  });

  it('keeps the time of the choice over a reload', async () => {
    const before = create();
    before.signIn(before.alice);
    const { since } = before.holder.context!;
    const after = create(before.memory);
    await after.clock.advance(60_000);
    after.restore(after.alice);
    expect(after.holder.context).toMatchObject({ session: 's-alice', since });
  });

  it.each([null, 'yesterday'])(
    'is older than any choice where nobody chose: a session that was found, with %p remembered',
    since => {
      const { holder, alice, restore } = create(new Memory(since));
      restore(alice);
      expect(holder.context?.since).toBe('1970-01-01T00:00:00.000Z');
    }
  );

  it('is as new as a choice when the user claims the kernels', async () => {
    const { holder, alice, restore, clock } = create();
    restore(alice);
    await clock.advance(5000);
    let changes = 0;
    holder.contextChanged.connect(() => void (changes += 1));
    holder.claim();
    expect(changes).toBe(1);
    expect(holder.context?.since).toBe(new Date(clock.now()).toISOString());
  });

  it('ends with the sign-out, until somebody signs in', () => {
    const { holder, sessions, alice, signIn } = create();
    const ended: string[] = [];
    holder.ended.connect((_, id) => void ended.push(id));
    expect(holder.isSignedOut).toBe(false);
    signIn(alice);
    sessions.ended.emit('s-alice');
    sessions.set({ session: null });
    expect(ended).toEqual(['s-alice']);
    expect(holder.isSignedOut).toBe(true);
    signIn(alice);
    expect(holder.isSignedOut).toBe(false);
  });
});
