import { AccessToken } from '../../src/credentials/token';
import { DeviceCodeFlow } from '../../src/identity/device-code';
import { InteractiveFlow } from '../../src/identity/interactive';
import type {
  IInteraction,
  IKnownAccount,
  IOAuthClient
} from '../../src/identity/client';
import { TabMemory } from '../../src/identity/memory';
import type {
  IReplaced,
  IServerApi,
  IServerList,
  IServerSession
} from '../../src/identity/server-api';
import { Sessions } from '../../src/identity/sessions';
import type { IConnection } from '../../src/tokens';
import { CdfAuthError } from '../../src/shared/errors';
import { Secret } from '../../src/shared/secret';
import { FakeClock, settle } from './clock';
import { connection } from './sessions';

export const ALICE = {
  key: 'a',
  name: 'Alice',
  username: 'alice@contoso.test'
};
export const BOB = { key: 'b', name: 'Bob', username: 'bob@contoso.test' };

export const europe = connection({ label: 'Europe' });
export const asia = connection({ label: 'Asia', cluster: 'asia-northeast1-1' });
export const other = connection({ label: 'Other', clientId: 'other-app' });

/** An OAuth client whose sign-in window a test answers. */
export class FakeClient implements IOAuthClient {
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

  async acquire(
    { key }: IKnownAccount,
    scopes: readonly string[]
  ): Promise<AccessToken> {
    if (this.failure) {
      throw this.failure;
    }
    const secret = new Secret(`${key} for ${scopes.join()}`);
    return new AccessToken(secret, scopes, 3600, 3600, this._clock);
  }

  async forget({ key }: IKnownAccount): Promise<void> {
    this.forgotten.push(key);
  }
}

/** The server's sessions, as a test sets them. */
export class FakeServer implements IServerApi {
  sessions: IServerSession[] = [];
  profiles: IServerList['profiles'] = [];
  calls: string[] = [];
  failure: CdfAuthError | null = null;
  /** What the last start was to take over. */
  replaced: IReplaced | null = null;

  async list(): Promise<IServerList> {
    const { sessions, profiles } = this;
    return this._answer('list', { sessions, profiles });
  }

  async use(name: string, { label }: IConnection): Promise<IServerSession> {
    const account = { name, username: `profile ${name}` };
    const started = serverSession({
      id: `p-${name}`,
      profile: { name },
      connection: { label },
      account,
      device: null,
      status: 'active'
    });
    this.sessions = [...this.sessions, started];
    return this._answer(`use ${name} ${label}`, started);
  }

  async start(
    { label }: IConnection,
    renew: string | null,
    replaced: IReplaced | null
  ): Promise<IServerSession> {
    this.replaced = replaced;
    const started = serverSession({
      id: renew ?? 'd1',
      status: 'pending',
      replaces: replaced?.session ?? null
    });
    this.sessions = [
      ...this.sessions.filter(({ id }) => id !== started.id),
      started
    ];
    return this._answer(`start ${label} ${renew}`, started);
  }

  async get(id: string): Promise<IServerSession> {
    const found = this.sessions.find(session => session.id === id);
    if (!found) {
      throw new CdfAuthError('no_session', 'None.', '');
    }
    return this._answer(`get ${id}`, found);
  }

  async remove(id: string): Promise<void> {
    this.sessions = this.sessions.filter(session => session.id !== id);
    this._answer(`remove ${id}`, undefined);
  }

  private _answer<T>(call: string, answer: T): T {
    this.calls.push(call);
    if (this.failure) {
      throw this.failure;
    }
    return answer;
  }
}

export function serverSession(
  fields: Partial<IServerSession> = {}
): IServerSession {
  const device = {
    userCode: 'BQKX-7TRD',
    verificationUri: 'https://microsoft.com/devicelogin',
    expiresIn: 900
  };
  return {
    id: 'd1',
    status: 'active',
    connection: { label: 'Europe' },
    account: fields.status === 'pending' ? null : BOB,
    device: fields.status === 'pending' ? device : null,
    profile: null,
    problem: null,
    kept: 'memory',
    replaces: null,
    ...fields
  };
}

export function createSessions(
  storage = new Map<string, string>(),
  server = new FakeServer(),
  connections = [europe, asia, other]
) {
  const clock = new FakeClock();
  const client = new FakeClient(clock);
  const created: string[] = [];
  let ids = 0;
  const interactive = new InteractiveFlow({
    clock,
    createId: () => `s${++ids}`,
    onChanged: () => sessions.sessionChanged(),
    createClient: async ({ label }) => {
      created.push(label);
      return client;
    }
  });
  const sessions: Sessions = new Sessions({
    memory: new TabMemory(
      {
        getItem: key => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value)
      },
      'k'
    ),
    interactive,
    deviceCode: new DeviceCodeFlow(server, clock),
    server
  });
  const configured = sessions.configure({
    connections,
    problems: []
  });
  const signInAs = async (account: IKnownAccount): Promise<void> => {
    const done = sessions.signIn('interactive');
    await settle();
    client.windows.at(-1)!.answer(account);
    await done;
  };
  return {
    sessions,
    client,
    server,
    clock,
    created,
    storage,
    signInAs,
    configured
  };
}
