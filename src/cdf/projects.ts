import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { CdfAuthError, asCdfAuthError } from '../shared/errors';
import type {
  IConnection,
  IProblem,
  IProjects,
  ISession,
  ISessions
} from '../tokens';

/** Lists the projects of a session in a connection's cluster; whoever holds the session knows how. */
export type ListProjects = (
  connection: IConnection,
  session: ISession,
  signal: AbortSignal
) => Promise<string[]>;

/** Remembers over a reload which project was selected with which session and connection. */
export interface ISelectionMemory {
  read(key: string): string | null;
  write(key: string, project: string): void;
}

/**
 * The projects of the selected connection.
 *
 * Nothing is selected that the user or the settings didn't choose, unless there is only one: a silent
 * default would let code write to the wrong project.
 */
export class Projects implements IProjects {
  constructor(
    private readonly _sessions: ISessions,
    private readonly _list: ListProjects,
    private readonly _memory: ISelectionMemory
  ) {
    _sessions.changed.connect(this._follow, this);
    this._follow();
  }

  get status(): IProjects['status'] {
    return this._status;
  }

  get names(): readonly string[] {
    return this._names;
  }

  get selected(): string | null {
    return this._selected;
  }

  get failure(): IProblem | null {
    return this._failure;
  }

  get changed(): ISignal<IProjects, void> {
    return this._changed;
  }

  /** Emitted ahead of `changed` when the user has chosen a project. */
  get chosen(): ISignal<IProjects, void> {
    return this._chosen;
  }

  select(name: string): void {
    const { session, connection } = this._sessions;
    if (!session || !connection) {
      throw new CdfAuthError(
        'sign_in_required',
        'Nobody is signed in.',
        'Sign in first, then choose the project.'
      );
    }
    const project = name.trim();
    if (!/^[a-z0-9][a-z0-9_-]{0,62}$/i.test(project)) {
      throw new CdfAuthError(
        'project_invalid',
        `"${name}" can't be the name of a project.`,
        'Letters, digits, hyphens and underscores only, as in the address of the project.'
      );
    }
    if (this._names.length > 0 && !this._names.includes(project)) {
      throw new CdfAuthError(
        'project_unknown',
        `${session.account.username} has no project "${project}" on ${connection.cluster}.`,
        `Choose one of: ${this._names.join(', ')}.`
      );
    }
    this._selected = project;
    this._memory.write(keyOf(session, connection), project);
    this._chosen.emit();
    this._changed.emit();
  }

  /** A session takes another's place: its projects are those of the other, for each connection. */
  carryOver(from: string, to: string): void {
    for (const { id } of this._sessions.connections) {
      const before = keyOf({ id: from }, { id });
      const project =
        before === this._followed ? this._selected : this._memory.read(before);
      if (project !== null) {
        this._memory.write(keyOf({ id: to }, { id }), project);
      }
    }
  }

  async reload(): Promise<void> {
    const { session, connection } = this._sessions;
    this._loading?.abort();
    const loading = new AbortController();
    this._loading = loading;
    this._names = [];
    this._failure = null;
    this._status = session && connection ? 'loading' : 'none';
    this._changed.emit();
    if (!session || !connection) {
      return;
    }
    try {
      const names = await this._list(connection, session, loading.signal);
      if (loading.signal.aborted) {
        return;
      }
      this._names = names;
      this._status = 'loaded';
    } catch (error) {
      if (loading.signal.aborted) {
        return;
      }
      this._failure = asCdfAuthError(error);
      this._status = 'failed';
    }
    this._selected = this._confirm(this._selected);
    this._changed.emit();
  }

  /** `wish` where the list allows it or says nothing, else the only project there is. */
  private _confirm(wish: string | null): string | null {
    if (this._names.length === 0) {
      return wish;
    }
    if (wish !== null && this._names.includes(wish)) {
      return wish;
    }
    return this._names.length === 1 ? (this._names[0] ?? null) : null;
  }

  private _follow(): void {
    const { session, connection } = this._sessions;
    const followed = session && connection ? keyOf(session, connection) : '';
    const key = `${followed} ${session?.problem === null}`;
    if (key === this._key) {
      return;
    }
    this._key = key;
    this._followed = followed;
    // Known at once, so that kernels don't see the project vanish while the list is on its way.
    this._selected =
      session && connection
        ? (this._memory.read(followed) ?? connection.project ?? null)
        : null;
    void this.reload();
  }

  private _key = ' false';
  /** The session and the connection that the projects are of. */
  private _followed = '';
  private _status: IProjects['status'] = 'none';
  private _names: readonly string[] = [];
  private _selected: string | null = null;
  private _failure: IProblem | null = null;
  private _loading: AbortController | null = null;
  private readonly _chosen = new Signal<IProjects, void>(this);
  private readonly _changed = new Signal<IProjects, void>(this);
}

function keyOf(
  session: Pick<ISession, 'id'>,
  connection: Pick<IConnection, 'id'>
): string {
  return `${session.id} ${connection.id}`;
}
