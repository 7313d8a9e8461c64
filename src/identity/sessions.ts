import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IClock } from '../shared/clock';
import { CdfAuthError, asCdfAuthError } from '../shared/errors';
import type {
  IConnection,
  IPendingSignIn,
  IProblem,
  ISessions
} from '../tokens';
import type { IKnownAccount, IOAuthClient } from './client';
import type { IConnectionsResult } from './connections';
import type { TabMemory } from './memory';
import { InteractiveSession } from './session';

/** What the sessions need of their surroundings. */
export interface ISessionsOptions {
  memory: TabMemory;
  clock: IClock;
  /** Creates the OAuth client of a connection; called by the first sign-in, never before. */
  createClient(connection: IConnection): Promise<IOAuthClient>;
  /** A fresh opaque id. */
  createId(): string;
}

/**
 * The interactive sign-in sessions of this tab.
 *
 * Connections which differ only in their cluster share a sign-in. Of several accounts that signed in one
 * after the other the newest is selected; the sessions of the others go on serving the cells that started
 * with them, until the user signs out.
 */
export class Sessions implements ISessions {
  constructor(private readonly _options: ISessionsOptions) {
    this._remembered = _options.memory.read().connection;
  }

  /** Take over the settings; sessions that this tab remembers from before a reload come back. */
  configure({ connections, problems }: IConnectionsResult): void {
    this._connections = connections;
    this._problems = problems;
    if (!this._restored) {
      this._restored = true;
      this._restore();
    }
    this._changed.emit();
  }

  get connections(): readonly IConnection[] {
    return this._connections;
  }

  get problems(): readonly IProblem[] {
    return this._problems;
  }

  get connection(): IConnection | null {
    return (
      this._connections.find(({ id }) => id === this._remembered) ??
      this._connections[0] ??
      null
    );
  }

  get session(): InteractiveSession | null {
    const { connection } = this;
    return connection ? (this._sharing(connection).at(-1) ?? null) : null;
  }

  get pending(): IPendingSignIn | null {
    return this._pending;
  }

  get failure(): IProblem | null {
    return this._failure;
  }

  get changed(): ISignal<ISessions, void> {
    return this._changed;
  }

  /** Emitted with the session's id when the user has signed out. */
  get ended(): ISignal<ISessions, string> {
    return this._ended;
  }

  /** The session with that id, selected or not. */
  find(id: string): InteractiveSession | null {
    return this._sessions.find(session => session.id === id) ?? null;
  }

  selectConnection(id: string): void {
    if (!this._connections.some(connection => connection.id === id)) {
      throw new CdfAuthError(
        'unknown_connection',
        `There is no connection named "${id}".`,
        'Choose one of the list, or add it in the settings.'
      );
    }
    if (id !== this.connection?.id) {
      this.cancelSignIn();
      this._failure = null;
    }
    this._remembered = id;
    this._remember();
    this._changed.emit();
  }

  async signIn(): Promise<void> {
    const { connection } = this;
    if (!connection) {
      return;
    }
    this.cancelSignIn();
    const attempt = new AbortController();
    this._attempt = attempt;
    this._failure = null;
    this._pending = { windowClosed: false };
    this._changed.emit();
    try {
      const client = await this._client(connection);
      attempt.signal.throwIfAborted();
      const account = await client.signIn(connection.scopes, {
        signal: attempt.signal,
        onWindowClosed: () => {
          this._pending = { windowClosed: true };
          this._changed.emit();
        }
      });
      if (!attempt.signal.aborted) {
        this._begin(connection, account);
      }
    } catch (error) {
      if (!attempt.signal.aborted) {
        this._failure = asCdfAuthError(error);
      }
    }
    // A newer attempt owns the state by now, if there is one.
    if (this._attempt === attempt) {
      this._attempt = null;
      this._pending = null;
      this._changed.emit();
    }
  }

  cancelSignIn(): void {
    if (this._attempt) {
      this._attempt.abort();
      this._attempt = null;
      this._pending = null;
      this._changed.emit();
    }
  }

  async signOut(): Promise<void> {
    const { connection } = this;
    this.cancelSignIn();
    if (!connection) {
      return;
    }
    const ending = this._sharing(connection);
    this._sessions = this._sessions.filter(one => !ending.includes(one));
    this._remember();
    ending.forEach(session => this._ended.emit(session.id));
    this._changed.emit();
    try {
      const client = await this._client(connection);
      await Promise.all(ending.map(one => client.forget(one.accountKey)));
    } catch (error) {
      this._failure = asCdfAuthError(error);
      this._changed.emit();
    }
  }

  /** The sessions that serve `connection`, the newest last. */
  private _sharing(connection: IConnection): InteractiveSession[] {
    const key = login(connection);
    return this._sessions.filter(one => login(one.connection) === key);
  }

  private _begin(connection: IConnection, account: IKnownAccount): void {
    const now = this._options.clock.now();
    const previous = this._sharing(connection).find(
      session => session.accountKey === account.key
    );
    previous?.renewed(account, now);
    const session =
      previous ??
      this._session(this._options.createId(), connection, account, now);
    this._sessions = [
      ...this._sessions.filter(one => one !== session),
      session
    ];
    this._remember();
  }

  private _restore(): void {
    for (const remembered of this._options.memory.read().sessions) {
      const connection = this._connections.find(
        ({ id }) => id === remembered.connection
      );
      if (connection) {
        const { id, account, signedInAt } = remembered;
        this._sessions.push(this._session(id, connection, account, signedInAt));
      }
    }
  }

  private _session(
    id: string,
    connection: IConnection,
    account: IKnownAccount,
    signedInAt: number
  ): InteractiveSession {
    return new InteractiveSession(
      id,
      connection,
      account,
      signedInAt,
      () => this._client(connection),
      this._options.clock,
      () => this._changed.emit()
    );
  }

  private _remember(): void {
    this._options.memory.write({
      connection: this.connection?.id ?? null,
      sessions: this._sessions.map(session => ({
        id: session.id,
        connection: session.connection.id,
        account: {
          key: session.accountKey,
          name: session.account.name,
          username: session.account.username
        },
        signedInAt: session.signedInAt
      }))
    });
  }

  /** One client for each registration; a failed load is tried again by the next call. */
  private _client(connection: IConnection): Promise<IOAuthClient> {
    const key = login(connection);
    let client = this._clients.get(key);
    if (!client) {
      client = this._options.createClient(connection);
      this._clients.set(key, client);
      client.catch(() => this._clients.delete(key));
    }
    return client;
  }

  private _connections: readonly IConnection[] = [];
  private _problems: readonly IProblem[] = [];
  private _remembered: string | null;
  private _restored = false;
  private _attempt: AbortController | null = null;
  private _pending: IPendingSignIn | null = null;
  private _failure: IProblem | null = null;
  private _sessions: InteractiveSession[] = [];
  private readonly _clients = new Map<string, Promise<IOAuthClient>>();
  private readonly _changed = new Signal<Sessions, void>(this);
  private readonly _ended = new Signal<Sessions, string>(this);
}

/** Connections with the same key share a sign-in. */
function login(connection: IConnection): string {
  const { authority, clientId, redirectUri } = connection;
  return JSON.stringify([authority, clientId, redirectUri ?? null]);
}
