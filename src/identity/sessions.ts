import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { CdfAuthError, asCdfAuthError } from '../shared/errors';
import type {
  FlowId,
  IConnection,
  IProblem,
  ISessions,
  PendingSignIn
} from '../tokens';
import type { IConnectionsResult } from './connections';
import type { DeviceCodeFlow } from './device-code';
import type { AnySession, IAttempt } from './flows';
import type { InteractiveFlow } from './interactive';
import { registration } from './interactive';
import type { TabMemory } from './memory';
import type { IServerApi, IServerSession } from './server-api';
import { ServerSession } from './server-session';
import { InteractiveSession } from './session';

/** What the sessions need of their surroundings. */
export interface ISessionsOptions {
  memory: TabMemory;
  interactive: InteractiveFlow;
  deviceCode: DeviceCodeFlow;
  server: IServerApi;
}

/**
 * The sign-in sessions: those of this tab and those that the Jupyter server holds for the same user.
 *
 * Connections which differ only in their cluster share a sign-in. Of several sessions for a connection the
 * newest is selected, until the user chooses; the others go on serving the cells that started with them.
 * None takes the place of a selected one by itself: code must not go on as somebody else.
 */
export class Sessions implements ISessions {
  constructor(private readonly _options: ISessionsOptions) {
    const { connection, selected, pending } = _options.memory.read();
    this._connectionId = connection;
    this._selected = new Map(Object.entries(selected));
    this._waitingFor = pending;
  }

  /** Take over the settings; sessions from before a reload, and the server's, come back. */
  async configure({
    connections,
    problems
  }: IConnectionsResult): Promise<void> {
    this._connections = connections;
    this._problems = problems;
    if (!this._isRestored) {
      this._isRestored = true;
      this._restore();
    }
    this._changed.emit();
    await this.refresh();
  }

  get connections(): readonly IConnection[] {
    return this._connections;
  }

  get problems(): readonly IProblem[] {
    return this._problems;
  }

  get connection(): IConnection | null {
    return (
      this._connections.find(({ id }) => id === this._connectionId) ??
      this._connections[0] ??
      null
    );
  }

  get session(): AnySession | null {
    const sharing = this._sharing();
    const selected = this._selected.get(this._registration);
    return selected === undefined
      ? (sharing.at(-1) ?? null)
      : (sharing.find(({ id }) => id === selected) ?? null);
  }

  get others(): readonly AnySession[] {
    const { session } = this;
    return this._sharing().filter(one => one !== session);
  }

  get pending(): PendingSignIn | null {
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

  /** This tab's session with that id, selected or not; the server's are the server's business. */
  find(id: string): InteractiveSession | null {
    return this._ofTab().find(session => session.id === id) ?? null;
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
    this._connectionId = id;
    this._remember();
  }

  selectSession(id: string): void {
    this._select(id);
    this._remember();
  }

  async signIn(id: FlowId): Promise<void> {
    const { interactive, deviceCode } = this._options;
    const flow = id === 'interactive' ? interactive : deviceCode;
    await this._attemptSignIn((connection, attempt) =>
      flow.signIn(connection, attempt)
    );
  }

  cancelSignIn(): void {
    if (this._attempt) {
      this._attempt.abort();
      this._attempt = null;
      this._pending = null;
      this._waitingFor = null;
      this._remember();
    }
  }

  async signOut(): Promise<void> {
    const { session } = this;
    this.cancelSignIn();
    if (!session) {
      return;
    }
    this._sessions = this._sessions.filter(one => one !== session);
    this._over.add(session.id);
    // Until the user chooses another one.
    this._select(this.others.length > 0 ? NOBODY : null);
    this._ended.emit(session.id);
    this._remember();
    try {
      await (session instanceof InteractiveSession
        ? this._options.interactive.forget(session)
        : this._options.server.remove(session.id));
    } catch (error) {
      this._fail(error);
    }
  }

  /** Ask the server how its sessions stand; silent where it can't say. */
  async refresh(): Promise<void> {
    let told: IServerSession[];
    try {
      told = await this._options.server.list();
    } catch {
      // No server part, or none just now: a device code says so when somebody wants one.
      return;
    }
    told = told.filter(({ id }) => !this._over.has(id));
    this._isServerKnown = true;
    const before = JSON.stringify(this._ofServer().map(describe));
    const held = told.flatMap(one => this._fromServer(one) ?? []);
    this._sessions = [...held, ...this._ofTab()].sort(
      (a, b) => this._rank(a) - this._rank(b)
    );
    if (JSON.stringify(this._ofServer().map(describe)) !== before) {
      this._changed.emit();
    }
    const pending = told.find(
      ({ id, status }) => id === this._waitingFor && status === 'pending'
    );
    const connection = pending && this._connectionOf(pending);
    if (connection && !this._attempt && connection === this.connection) {
      void this._attemptSignIn((_, attempt) =>
        this._options.deviceCode.follow(connection, pending, attempt)
      );
    }
  }

  /** Whether there is anything to learn from the server, or it hasn't answered yet. */
  get needsRefresh(): boolean {
    const selected = this._selected.get(this._registration);
    const isMissing =
      selected !== undefined && selected !== NOBODY && this.session === null;
    return !this._isServerKnown || isMissing || this._ofServer().length > 0;
  }

  /** A session of this tab has changed by itself. */
  sessionChanged(): void {
    this._changed.emit();
  }

  private async _attemptSignIn(
    signIn: (connection: IConnection, attempt: IAttempt) => Promise<AnySession>
  ): Promise<void> {
    const { connection } = this;
    if (!connection) {
      return;
    }
    this.cancelSignIn();
    const controller = new AbortController();
    const { signal } = controller;
    this._attempt = controller;
    this._failure = null;
    try {
      const session = await signIn(connection, {
        signal,
        existing: this._sharing(),
        started: id => {
          this._waitingFor = id;
          this._remember();
        },
        report: pending => {
          if (!signal.aborted) {
            this._pending = pending;
            this._changed.emit();
          }
        }
      });
      if (!signal.aborted) {
        this._sessions = [
          ...this._sessions.filter(({ id }) => id !== session.id),
          session
        ];
        this._over.delete(session.id);
        this._select(session.id);
      }
    } catch (error) {
      if (!signal.aborted) {
        this._failure = asCdfAuthError(error);
      }
    }
    // A newer attempt owns the state by now, if there is one.
    if (this._attempt === controller) {
      this._attempt = null;
      this._pending = null;
      this._waitingFor = null;
      this._remember();
    }
  }

  private _fail(error: unknown): void {
    this._failure = asCdfAuthError(error);
    this._changed.emit();
  }

  /** The sessions that can serve the selected connection, the newest last. */
  private _sharing(): AnySession[] {
    const key = this._registration;
    return this._sessions.filter(one => registration(one.connection) === key);
  }

  private get _registration(): string {
    return this.connection ? registration(this.connection) : '';
  }

  /** Choose the session with that id for the selected connection, or with `null` the newest there will be. */
  private _select(id: string | null): void {
    if (id === null) {
      this._selected.delete(this._registration);
    } else {
      this._selected.set(this._registration, id);
    }
  }

  private _ofTab(): InteractiveSession[] {
    return this._sessions.filter(one => one instanceof InteractiveSession);
  }

  private _ofServer(): ServerSession[] {
    return this._sessions.filter(one => one instanceof ServerSession);
  }

  /** The order that the sessions had; new ones come first, so that none replaces the selected one. */
  private _rank(session: AnySession): number {
    return this._sessions.findIndex(({ id }) => id === session.id);
  }

  private _connectionOf({ connection }: IServerSession): IConnection | null {
    return this._connections.find(({ id }) => id === connection.label) ?? null;
  }

  private _fromServer(told: IServerSession): ServerSession | null {
    const connection = this._connectionOf(told);
    const isSession = told.status === 'active' || told.status === 'ended';
    if (!connection || !told.account || !isSession) {
      return null;
    }
    return new ServerSession(told.id, connection, told.account, told.problem);
  }

  private _restore(): void {
    for (const remembered of this._options.memory.read().sessions) {
      const connection = this._connections.find(
        ({ id }) => id === remembered.connection
      );
      if (connection) {
        this._sessions.push(
          this._options.interactive.restore(connection, remembered)
        );
      }
    }
  }

  private _remember(): void {
    this._options.memory.write({
      connection: this.connection?.id ?? null,
      selected: Object.fromEntries(this._selected),
      pending: this._waitingFor,
      sessions: this._ofTab().map(session => ({
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
    this._changed.emit();
  }

  private _connections: readonly IConnection[] = [];
  private _problems: readonly IProblem[] = [];
  private _connectionId: string | null;
  /** Ids of the sessions that were chosen, by registration. */
  private readonly _selected: Map<string, string>;
  /** Ids of sessions that the user has ended: an answer on its way may still list them. */
  private readonly _over = new Set<string>();
  /** Id of the device code that this tab waits for. */
  private _waitingFor: string | null;
  private _isServerKnown = false;
  private _isRestored = false;
  private _attempt: AbortController | null = null;
  private _pending: PendingSignIn | null = null;
  private _failure: IProblem | null = null;
  private _sessions: AnySession[] = [];
  private readonly _changed = new Signal<Sessions, void>(this);
  private readonly _ended = new Signal<Sessions, string>(this);
}

/** Stands for "none of those that there are". */
const NOBODY = 'nobody';

/** What is compared to see whether the server has told anything new. */
function describe({ id, account, problem }: ServerSession): unknown {
  return [id, account, problem];
}
