import type { IConnection, IProblem } from '../tokens';
import type { AnySession } from './flows';
import { registration } from './interactive';
import type { IRemembered } from './memory';
import type { IServerSession } from './server-api';
import { ServerSession } from './server-session';
import { InteractiveSession } from './session';

/** Stands for "none of those that there are". */
const NOBODY = 'nobody';

/** What is wrong with a session that waits for its device code: the server tells no more. */
const ENDED: IProblem = {
  code: 'sign_in_required',
  message: 'The sign-in has ended.',
  action: 'Sign in again: waiting cells then go on.'
};

/**
 * The sessions that there are, of this tab and of the server, and which of them is selected for each
 * registration of an application.
 */
export class Roster {
  constructor(selected: IRemembered['selected']) {
    this._selected = new Map(Object.entries(selected));
  }

  get ofTab(): InteractiveSession[] {
    return this._sessions.filter(one => one instanceof InteractiveSession);
  }

  get ofServer(): ServerSession[] {
    return this._sessions.filter(one => one instanceof ServerSession);
  }

  /** Ids of the selected sessions, by registration, as they are remembered. */
  get selection(): IRemembered['selected'] {
    return Object.fromEntries(this._selected);
  }

  /** The sessions that can serve the connection, the newest last. One of a profile is for one cluster. */
  sharing(connection: IConnection | null): AnySession[] {
    const key = keyOf(connection);
    return this._sessions.filter(one =>
      one.profile === null
        ? registration(one.connection) === key
        : one.connection.id === connection?.id
    );
  }

  /** The one that serves the connection: the newest, until the user chooses. */
  selected(connection: IConnection | null): AnySession | null {
    const sharing = this.sharing(connection);
    const id = this._selected.get(keyOf(connection));
    return id === undefined
      ? (sharing.at(-1) ?? null)
      : (sharing.find(one => one.id === id) ?? null);
  }

  select(connection: IConnection | null, id: string): void {
    this._selected.set(keyOf(connection), id);
  }

  /** There is a new session, or one that has been renewed; it is selected. */
  add(connection: IConnection, session: AnySession): void {
    this._sessions = this._sessions.filter(({ id }) => id !== session.id);
    this._sessions.push(session);
    this._over.delete(session.id);
    this.select(connection, session.id);
  }

  /** A session of the server has taken the place of one of this tab, which isn't one to choose any more. */
  replace(old: InteractiveSession, session: ServerSession): void {
    this._sessions = this._sessions.filter(
      ({ id }) => id !== old.id && id !== session.id
    );
    this._sessions.push(session);
    const key = keyOf(old.connection);
    if (this._selected.get(key) === old.id) {
      this._selected.set(key, session.id);
    }
  }

  /** Put back what a reload has interrupted. */
  restore(session: AnySession): void {
    this._sessions.push(session);
  }

  /** Whether the server's sessions are still these. */
  holds(sessions: readonly ServerSession[]): boolean {
    const now = this.ofServer.map(({ id }) => id);
    return now.join() === sessions.map(({ id }) => id).join();
  }

  /** Nobody wants the session, which the server may list until it has heard of that. */
  drop(id: string): void {
    this._sessions = this._sessions.filter(one => one.id !== id);
    this._over.add(id);
  }

  /** The user has ended the session; none takes its place until the user chooses. */
  end(connection: IConnection | null, { id }: AnySession): void {
    this.drop(id);
    if (this.sharing(connection).length > 0) {
      this.select(connection, NOBODY);
    } else {
      this._selected.delete(keyOf(connection));
    }
  }

  /** Whether the user has ended it: an answer on its way may still list it. */
  isOver(id: string): boolean {
    return this._over.has(id);
  }

  /**
   * Take over what the server has told; tells whether it is anything new.
   *
   * @param connectionOf - finds the connection under which a session was made.
   */
  update(
    told: readonly IServerSession[],
    connectionOf: (session: IServerSession) => IConnection | null
  ): boolean {
    const before = JSON.stringify(this.ofServer.map(describe));
    const held = told.flatMap(one => {
      const connection = connectionOf(one);
      return connection ? (fromServer(one, connection) ?? []) : [];
    });
    // In the order that they had; new ones come first, so that none replaces the selected one.
    const order = this._sessions.map(({ id }) => id);
    this._sessions = [...held, ...this.ofTab].sort(
      (a, b) => order.indexOf(a.id) - order.indexOf(b.id)
    );
    return JSON.stringify(this.ofServer.map(describe)) !== before;
  }

  private _sessions: AnySession[] = [];
  /** Ids of the sessions that were chosen, by registration. */
  private readonly _selected: Map<string, string>;
  /** Ids of sessions that the user has ended. */
  private readonly _over = new Set<string>();
}

function keyOf(connection: IConnection | null): string {
  return connection ? registration(connection) : '';
}

function fromServer(
  told: IServerSession,
  connection: IConnection
): ServerSession | null {
  const { account, status } = told;
  if (!account) {
    return null;
  }
  // A renewal of it may have been called off here, or be under way elsewhere.
  const problem = status === 'pending' ? ENDED : told.problem;
  return new ServerSession({ ...told, problem }, connection, account);
}

/** What is compared to see whether the server has told anything new. */
function describe({ id, account, problem }: ServerSession): unknown {
  return [id, account, problem];
}
