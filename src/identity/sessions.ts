import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { CdfAuthError, asCdfAuthError } from '../shared/errors';
import type {
  FlowId,
  IConnection,
  IProblem,
  IProfile,
  ISessions,
  PendingSignIn
} from '../tokens';
import type { IConnectionsResult } from './connections';
import type { DeviceCodeFlow } from './device-code';
import type { AnySession, IAttempt } from './flows';
import { Handover } from './handover';
import type { InteractiveFlow } from './interactive';
import type { TabMemory } from './memory';
import { useProfile } from './profile';
import { Roster } from './roster';
import type { IServerApi, IServerSession } from './server-api';
import { ServerSession } from './server-session';
import { InteractiveSession } from './session';
import { SignIn } from './sign-in';
import { ServerWatch } from './watch';

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
    this._roster = new Roster(selected);
    this._watch = new ServerWatch(_options.server, this._roster);
    this.handover = new Handover(this._roster, _options.interactive, () =>
      this._remember()
    );
    this._signIn = new SignIn(pending, {
      remember: () => this._remember(),
      onChanged: () => this._changed.emit(),
      unwanted: id => {
        this._roster.drop(id);
        void _options.server.remove(id).catch(() => undefined);
      }
    });
  }

  /** Take over the settings; sessions from before a reload, and the server's, come back. */
  async configure({
    connections,
    problems
  }: IConnectionsResult): Promise<void> {
    this._watch.connections = connections;
    this._problems = problems;
    if (!this._isRestored) {
      this._isRestored = true;
      this._restore();
    }
    this._changed.emit();
    await this.refresh();
  }

  get connections(): readonly IConnection[] {
    return this._watch.connections;
  }

  get problems(): readonly IProblem[] {
    return this._problems;
  }

  get connection(): IConnection | null {
    return (
      this._watch.connections.find(({ id }) => id === this._connectionId) ??
      this._watch.connections[0] ??
      null
    );
  }

  get session(): AnySession | null {
    return this._roster.selected(this.connection);
  }

  get others(): readonly AnySession[] {
    const { session } = this;
    return this._roster.sharing(this.connection).filter(one => one !== session);
  }

  get profiles(): readonly IProfile[] {
    return this._watch.profilesFor(this.connection);
  }

  get pending(): PendingSignIn | null {
    return this._signIn.pending;
  }

  get failure(): IProblem | null {
    return this._signIn.failure;
  }

  get changed(): ISignal<ISessions, void> {
    return this._changed;
  }

  /** Emitted ahead of `changed` when the user has signed in, or has chosen an account or a connection. */
  get chosen(): ISignal<ISessions, void> {
    return this._chosen;
  }

  /** Emitted with the session's id when the user has signed out. */
  get ended(): ISignal<ISessions, string> {
    return this._ended;
  }

  /** The sessions that live on the server now, until all kernels know. */
  readonly handover: Handover;

  /** The session with that id that this tab answers for, selected or not; the server's are its business. */
  find(id: string): InteractiveSession | null {
    const ofTab = [...this._roster.ofTab, ...this.handover.all];
    return ofTab.find(session => session.id === id) ?? null;
  }

  selectConnection(id: string): void {
    if (!this._watch.connections.some(connection => connection.id === id)) {
      throw new CdfAuthError(
        'unknown_connection',
        `There is no connection named "${id}".`,
        'Choose one of the list, or add it in the settings.'
      );
    }
    if (id !== this.connection?.id) {
      this._signIn.cancel();
      this._signIn.forgive();
      this._chosen.emit();
    }
    this._connectionId = id;
    this._remember();
  }

  selectSession(id: string): void {
    this._signIn.forgive();
    this._roster.select(this.connection, id);
    this._chosen.emit();
    this._remember();
  }

  async signIn(id: FlowId): Promise<void> {
    const { interactive, deviceCode } = this._options;
    const flow = id === 'interactive' ? interactive : deviceCode;
    await this._attemptSignIn((connection, attempt) =>
      flow.signIn(connection, attempt)
    );
  }

  async useProfile(name: string): Promise<void> {
    await this._attemptSignIn((connection, attempt) =>
      useProfile(this._options.server, name, connection, attempt)
    );
  }

  async moveToServer(): Promise<void> {
    const { session } = this;
    if (session instanceof InteractiveSession) {
      await this._attemptSignIn(
        (connection, attempt) =>
          this._options.deviceCode.signIn(connection, attempt),
        session
      );
    }
  }

  cancelSignIn(): void {
    this._signIn.cancel();
  }

  async signOut(): Promise<void> {
    const { session, connection } = this;
    this._signIn.cancel();
    this._signIn.forgive();
    if (!session || !connection) {
      return;
    }
    this._roster.end(connection, session);
    this._ended.emit(session.id);
    for (const old of this.handover.replacedBy(session.id)) {
      // For kernels that haven't heard of the move.
      this._ended.emit(old.id);
      this.handover.drop(old);
    }
    if (session instanceof InteractiveSession) {
      this.handover.drop(session);
      return;
    }
    this._remember();
    try {
      await this._options.server.remove(session.id);
    } catch (error) {
      if (asCdfAuthError(error).code !== 'no_session') {
        // It goes on, so it must not be out of sight.
        this._roster.add(connection, session);
        this._remember();
        this._signIn.fail(error);
      }
    }
  }

  /** Ask the server how its sessions stand; silent where it can't say. */
  async refresh(): Promise<void> {
    const { session } = this;
    const seen = await this._watch.look();
    if (!seen) {
      return;
    }
    if (seen.isNew) {
      // Moved while this page was reloaded, or in the page of which it is a duplicate.
      this._roster.ofServer.forEach(one => this.handover.take(one));
      this._changed.emit();
    }
    if (session instanceof ServerSession && this._watch.misses(session, seen)) {
      this._signIn.fail(gone(session));
    }
    this._goOnWaiting(seen.sessions);
  }

  /** A session of this tab has changed by itself. */
  sessionChanged(): void {
    this._changed.emit();
  }

  private async _attemptSignIn(
    signIn: (connection: IConnection, attempt: IAttempt) => Promise<AnySession>,
    replaces: InteractiveSession | null = null
  ): Promise<void> {
    const { connection } = this;
    if (connection) {
      await this._signIn.run(
        this._roster.sharing(connection),
        replaces,
        attempt => signIn(connection, attempt),
        session => this._onSignedIn(connection, session)
      );
    }
  }

  private _onSignedIn(connection: IConnection, session: AnySession): void {
    if (session instanceof ServerSession && session.replaces !== null) {
      const isThere = this._roster.ofServer.some(({ id }) => id === session.id);
      if (this.handover.take(session) || isThere) {
        // The latter where a look at the server's sessions has found it first.
        return;
      }
    }
    this._roster.add(connection, session);
    this._chosen.emit();
  }

  /** The device code for which this tab waited before it was reloaded. */
  private _goOnWaiting(sessions: readonly IServerSession[]): void {
    const pending = sessions.find(
      ({ id, status }) => id === this._signIn.waitingFor && status === 'pending'
    );
    const connection = pending && this._watch.connectionOf(pending);
    if (
      connection &&
      !this._signIn.isRunning &&
      connection === this.connection
    ) {
      void this._attemptSignIn((_, attempt) =>
        this._options.deviceCode.follow(connection, pending, attempt)
      );
    }
  }

  private _restore(): void {
    const { memory, interactive } = this._options;
    const { sessions, moved = [] } = memory.read();
    for (const session of interactive.restore(
      this._watch.connections,
      sessions
    )) {
      this._roster.restore(session);
    }
    for (const session of interactive.restore(this._watch.connections, moved)) {
      this.handover.drop(session);
    }
  }

  private _remember(): void {
    this._options.memory.write({
      connection: this.connection?.id ?? null,
      selected: this._roster.selection,
      pending: this._signIn.waitingFor,
      sessions: this._roster.ofTab.map(one => one.remembered),
      moved: this.handover.undropped.map(one => one.remembered)
    });
    this._changed.emit();
  }

  private _problems: readonly IProblem[] = [];
  private _connectionId: string | null;
  private readonly _roster: Roster;
  private readonly _watch: ServerWatch;
  private readonly _signIn: SignIn;
  private _isRestored = false;
  private readonly _changed = new Signal<Sessions, void>(this);
  private readonly _chosen = new Signal<Sessions, void>(this);
  private readonly _ended = new Signal<Sessions, string>(this);
}

/** The server has forgotten the session that was selected. */
function gone({ account, profile }: ServerSession): CdfAuthError {
  return new CdfAuthError(
    'session_gone',
    profile === null
      ? `The Jupyter server no longer holds the sign-in of ${account.username}.`
      : `The Jupyter server no longer works as the profile ${profile}.`,
    'It was ended elsewhere, or the server was restarted. Sign in again: waiting cells then go on.'
  );
}
