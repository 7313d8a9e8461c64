import type { IClock } from '../shared/clock';
import type { IConnection } from '../tokens';
import type { IKnownAccount, IOAuthClient } from './client';
import { isSameAccount } from './client';
import type { IAttempt, ISignInFlow } from './flows';
import type { IRememberedSession } from './memory';
import { InteractiveSession } from './session';

/** What the interactive flow needs of its surroundings. */
export interface IInteractiveOptions {
  clock: IClock;
  /** Creates the OAuth client of a connection; called by the first sign-in, never before. */
  createClient(connection: IConnection): Promise<IOAuthClient>;
  /** A fresh opaque id. */
  createId(): string;
  /** Told when a session has changed by itself. */
  onChanged(): void;
}

/** Signing in through the provider's window; the session lives in this tab. */
export class InteractiveFlow implements ISignInFlow {
  constructor(private readonly _options: IInteractiveOptions) {}

  readonly id = 'interactive';

  async signIn(
    connection: IConnection,
    { signal, existing, report }: IAttempt
  ): Promise<InteractiveSession> {
    report({ flow: 'interactive', windowClosed: false });
    const client = await this._client(connection);
    signal.throwIfAborted();
    const account = await client.signIn(connection.scopes, {
      signal,
      onWindowClosed: () => report({ flow: 'interactive', windowClosed: true }),
      isHeld: key => [...this._held].some(one => one.account.key === key)
    });
    const now = this._options.clock.now();
    const previous = existing.find(
      (one): one is InteractiveSession =>
        one instanceof InteractiveSession && isSameAccount(one.account, account)
    );
    previous?.renewed(account, now);
    return (
      previous ??
      this._session(this._options.createId(), connection, account, now)
    );
  }

  /** The sessions from before a reload of the page whose connection is still configured. */
  restore(
    connections: readonly IConnection[],
    remembered: readonly IRememberedSession[]
  ): InteractiveSession[] {
    return remembered.flatMap(({ id, connection, account, signedInAt }) => {
      const found = connections.find(one => one.id === connection);
      return found ? [this._session(id, found, account, signedInAt)] : [];
    });
  }

  /** Drop the session's tokens from this browser. */
  async forget(session: InteractiveSession): Promise<void> {
    this._held.delete(session);
    const client = await this._client(session.connection);
    await client.forget(session.account);
  }

  private _session(
    id: string,
    connection: IConnection,
    account: IKnownAccount,
    signedInAt: number
  ): InteractiveSession {
    const session = new InteractiveSession(
      id,
      connection,
      account,
      signedInAt,
      () => this._client(connection),
      this._options.clock,
      () => this._options.onChanged()
    );
    this._held.add(session);
    return session;
  }

  /** One client for each registration; a failed load is tried again by the next call. */
  private _client(connection: IConnection): Promise<IOAuthClient> {
    const key = registration(connection);
    let client = this._clients.get(key);
    if (!client) {
      client = this._options.createClient(connection);
      this._clients.set(key, client);
      client.catch(() => this._clients.delete(key));
    }
    return client;
  }

  /** The sessions whose tokens mustn't go. */
  private readonly _held = new Set<InteractiveSession>();
  private readonly _clients = new Map<string, Promise<IOAuthClient>>();
}

/** Connections with the same key share a sign-in. */
export function registration(connection: IConnection): string {
  const { authority, clientId, redirectUri = null, tenant } = connection;
  const parts = [authority, clientId, redirectUri];
  // One authority may serve several tenants.
  const isNamed = authority.split('/').includes(tenant);
  return JSON.stringify(isNamed ? parts : [...parts, tenant]);
}
