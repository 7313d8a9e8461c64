/**
 * Walks test/vectors/faults.json: what a tab does about each fault of a renewal. The real msal-browser asks; only
 * `fetch` and the clock are made up.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReadableStream } from 'node:stream/web';
import { loadExternalTokens } from '@azure/msal-browser';
import { Signal } from '@lumino/signaling';
import { createMsalClient } from '../../src/identity/msal';
import { InteractiveSession } from '../../src/identity/session';
import { Holder } from '../../src/kernels/holder';
import type { Answer } from '../../src/kernels/protocol';
import type { Fetch } from '../../src/shared/http';
import { FakeClock } from '../fakes/clock';
import { jwt } from '../fakes/jwt';
import { HOME, answerOf, completeBrowser, connectionOf } from '../fakes/msal';
import { FakeSessions } from '../fakes/sessions';

completeBrowser();

interface IFault {
  name: string;
  at?: 'discovery';
  event?: string;
  status?: number;
  type?: string;
  /** Seconds after which the answer comes. */
  delay?: number;
  body?: unknown;
  /** Those of the token in an answer that is good otherwise. */
  claims?: object;
  /** Where it differs from the row's. */
  tab?: string;
}

const { rows } = JSON.parse(
  readFileSync(join(__dirname, '..', 'vectors', 'faults.json'), 'utf8')
) as { rows: { tab: string; faults: IFault[] }[] };

const faults = rows.flatMap(({ tab, faults: all }) =>
  all.map(fault => ({ name: fault.name, fault, outcome: fault.tab ?? tab }))
);

/** Without its metadata: the tab asks for them, as after a reload. */
const { metadata, ...europe } = connectionOf(HOME);
const tokens = answerOf(HOME, { access_token: 'a.good.token' });

const PARTIAL = new TextEncoder().encode('{"access_token": "a');

/** What `fetch` does where the provider does it, as browsers do. */
const EVENTS: Record<string, (signal: AbortSignal) => Promise<Response>> = {
  silent: signal =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    }),
  'broken-off': async () =>
    new Response(
      new ReadableStream({
        pull: controller => {
          controller.enqueue(PARTIAL);
          controller.error(new TypeError('network error'));
        }
      }) as unknown as BodyInit
    )
};
for (const event of [
  'refused',
  'reset',
  'closed',
  'unknown-host',
  'untrusted'
]) {
  EVENTS[event] = unreachable;
}

async function unreachable(): Promise<Response> {
  throw new TypeError('Failed to fetch');
}

/** A provider that answers as it should until a fault is set. */
class Provider {
  fault: IFault | null = null;
  asked: string[] = [];

  constructor(private readonly _clock: FakeClock) {}

  readonly fetch: Fetch = async (url, init) => {
    const isDiscovery = url.includes('/.well-known/openid-configuration');
    this.asked.push(isDiscovery ? 'discovery' : 'token');
    const { fault } = this;
    if (!fault || isDiscovery !== (fault.at === 'discovery')) {
      const good = isDiscovery ? metadata : tokens;
      return new Response(JSON.stringify(good));
    }
    const { event, status = 0, type = 'application/json' } = fault;
    const { claims, delay = 0 } = fault;
    const body = claims ? { ...tokens, access_token: jwt(claims) } : fault.body;
    this._clock.sleep(delay * 1000);
    if (event) {
      return EVENTS[event]!(init!.signal!);
    }
    if (status >= 300 && status < 400 && init?.redirect === 'error') {
      return unreachable();
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(status === 204 ? null : text, {
      status,
      headers: { 'content-type': type }
    });
  };
}

afterEach(() => {
  jest.restoreAllMocks();
  sessionStorage.clear();
});

/** A session of a tab whose tokens lie in msal's storage, as after a reload. */
async function reloaded() {
  const clock = new FakeClock();
  // msal goes by the machine's clock.
  clock.sleep(Date.now() - clock.now());
  await loadExternalTokens(
    {
      auth: {
        clientId: europe.clientId,
        authority: europe.authority,
        knownAuthorities: ['login.test'],
        authorityMetadata: JSON.stringify(metadata)
      },
      cache: { cacheLocation: 'sessionStorage' }
    },
    { scopes: [...europe.scopes], authority: europe.authority },
    tokens,
    {}
  );
  const provider = new Provider(clock);
  const client = createMsalClient({
    connection: europe,
    redirectUri: 'https://lab.test/cdf-auth/redirect',
    lockName: 'lock',
    fetch: provider.fetch,
    clock
  });
  const session = new InteractiveSession(
    's1',
    europe,
    {
      key: `${HOME.oid}.${HOME.tenant}`,
      name: 'Alice',
      username: 'alice@contoso.test'
    },
    clock.now(),
    () => client,
    clock,
    () => undefined
  );
  const sessions = new FakeSessions<InteractiveSession>();
  sessions.set({ session, connection: europe });
  const projects = {
    selected: null,
    changed: new Signal<any, void>(sessions),
    chosen: new Signal<any, void>(sessions)
  };
  const memory = { read: () => null, write: () => undefined };
  const holder = new Holder('h1', sessions, projects, memory, clock);
  const ask = (): Promise<Answer | null> =>
    holder.answer(
      {
        id: 'q1',
        instance: 'i1',
        session: 's1',
        scopes: [],
        minTtl: null,
        sent: 0,
        timeout: 60
      },
      true
    );
  return { ask, clock, provider, session };
}

/** What a kernel was told, in the words of the table. */
function outcomeOf(answer: Answer | null): string {
  if (answer?.op === 'waiting') {
    return `${answer.problem ? 'waits' : 'sign-in'} ${answer.reason}`;
  }
  return answer?.op === 'error' ? `fails ${answer.code}` : String(answer?.op);
}

describe('a renewal in the tab', () => {
  it('gets a new token from a provider without a fault', async () => {
    const { ask, clock, provider } = await reloaded();
    expect(await ask()).toMatchObject({ op: 'token', token: 'a.good.token' });
    expect(provider.asked).toEqual(['discovery']);
    await clock.advance(3550_000);
    expect(await ask()).toMatchObject({ op: 'token', token: 'a.good.token' });
    expect(provider.asked).toEqual(['discovery', 'token']);
  });

  test.each(faults)('meets $name', async ({ fault, outcome }) => {
    const { ask, clock, provider, session } = await reloaded();
    const limit = AbortSignal.timeout.bind(AbortSignal);
    jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation(ms => limit(fault.event === 'silent' ? 5 : ms));
    if (fault.at !== 'discovery') {
      expect(await ask()).toMatchObject({ op: 'token' });
      await clock.advance(3550_000);
    }
    expect([...Object.keys(EVENTS), undefined]).toContain(fault.event);
    provider.fault = fault;
    const soon = await ask();
    if (outcome.startsWith('waits ') && fault.at !== 'discovery') {
      // The old token is good for a while, and goes on being used.
      expect(soon).toMatchObject({ op: 'token', token: 'a.good.token' });
    }
    await clock.advance(60_000);
    const answer = await ask();
    expect(outcomeOf(answer)).toBe(outcome);
    expect(session.problem !== null).toBe(outcome.startsWith('sign-in '));
    expect(JSON.stringify(answer)).not.toMatch(/window|declined|cancelled/);
  });
});
