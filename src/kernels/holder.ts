import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { AccessToken } from '../credentials/token';
import type { IClock } from '../shared/clock';
import { asCdfAuthError } from '../shared/errors';
import type { IConnection, IProjects, ISession, ISessions } from '../tokens';
import type { Answer, IContext, ITokenRequest } from './protocol';

/** A session, whoever holds it. */
export interface IHeldSession extends ISession {
  readonly connection: IConnection;
}

/** A session of this tab, which can answer kernels. */
export interface IServingSession extends IHeldSession {
  getToken(
    scopes: readonly string[],
    minTtl: number | null
  ): Promise<AccessToken>;
}

/** The sessions of this tab, as far as kernels are concerned. */
export interface IServingSessions extends ISessions {
  readonly session: IHeldSession | IServingSession | null;
  readonly ended: ISignal<ISessions, string>;
  /** Emitted ahead of `changed` when the user has chosen something. */
  readonly chosen: ISignal<ISessions, void>;
  find(id: string): IServingSession | null;
}

/** The selected project, as far as kernels are concerned. */
export interface ISelection extends Pick<IProjects, 'selected' | 'changed'> {
  /** Emitted ahead of `changed` when the user has chosen something. */
  readonly chosen: ISignal<IProjects, void>;
}

/** Remembers over a reload when the user last chose, ISO 8601. */
export interface IChoiceMemory {
  read(): string | null;
  write(since: string): void;
}

/** How the reasons begin that time mends: see `waiting` in `docs/protocol.md`. */
const OF_PROVIDER = 'provider_';

/** Older than any choice: for what is selected without one, in a page that was merely opened. */
const NEVER = new Date(0).toISOString();

/** Who answers the kernels' questions in this tab, and says which context they work in. */
export interface IHolder {
  readonly id: string;
  /** `null` while nobody is signed in. */
  readonly context: IContext | null;
  /** Whether the user has signed out, as opposed to never having signed in. */
  readonly isSignedOut: boolean;
  /** Id of the selected session where the server holds it, and answers; `null` otherwise. */
  readonly delegate: string | null;
  readonly contextChanged: ISignal<IHolder, void>;
  /** Emitted with the id of a session that the user has ended. */
  readonly ended: ISignal<IHolder, string>;
  /** Emitted with each token that a kernel is about to get. */
  readonly handedOut: ISignal<IHolder, AccessToken>;

  /** The user wants kernels to follow what is selected, as if it had been chosen just now. */
  claim(): void;

  /**
   * @param ours - whether a client of this page ran the cell that asks.
   * @returns `null` where the question is another holder's business.
   */
  answer(request: ITokenRequest, ours: boolean): Promise<Answer | null>;
}

/** The holder of this tab's interactive sessions. */
export class Holder implements IHolder {
  constructor(
    readonly id: string,
    private readonly _sessions: IServingSessions,
    private readonly _projects: ISelection,
    private readonly _memory: IChoiceMemory,
    private readonly _clock: IClock
  ) {
    _sessions.chosen.connect(this._onChosen, this);
    _projects.chosen.connect(this._onChosen, this);
    _sessions.changed.connect(this._update, this);
    _projects.changed.connect(this._update, this);
    _sessions.ended.connect((_, id) => {
      this._isSignedOut = true;
      this._ended.emit(id);
    });
    const remembered = _memory.read() ?? NEVER;
    this._since = Number.isNaN(Date.parse(remembered)) ? NEVER : remembered;
    this._update();
  }

  get context(): IContext | null {
    return this._context;
  }

  get isSignedOut(): boolean {
    return this._isSignedOut && this._context === null;
  }

  get delegate(): string | null {
    const { session } = this._sessions;
    return session?.holder === 'server' ? session.id : null;
  }

  get contextChanged(): ISignal<IHolder, void> {
    return this._contextChanged;
  }

  get ended(): ISignal<IHolder, string> {
    return this._ended;
  }

  get handedOut(): ISignal<IHolder, AccessToken> {
    return this._handedOut;
  }

  claim(): void {
    this._onChosen();
    this._update();
  }

  async answer(request: ITokenRequest, ours: boolean): Promise<Answer | null> {
    const session =
      request.session === null
        ? this._sessions.session
        : this._sessions.find(request.session);
    if (!session) {
      // Nobody is signed in here. Only for its own cells does this tab say so: another may hold a session.
      return request.session === null && ours ? waiting(null) : null;
    }
    if (!isServing(session)) {
      return null;
    }
    const scopes =
      request.scopes.length > 0 ? request.scopes : this._defaults(session);
    try {
      const token = await session.getToken(scopes, request.minTtl);
      this._handedOut.emit(token);
      return {
        op: 'token',
        session: session.id,
        scopes,
        token: token.secret.reveal(),
        expiresIn: token.expiresIn,
        lifetime: token.lifetime
      };
    } catch (caught) {
      const error = asCdfAuthError(caught);
      // What a sign-in or the passing of time can mend makes a cell wait, not fail.
      const { code, message, action } = error;
      if (error.transient) {
        return {
          op: 'waiting',
          session: session.id,
          reason: code.startsWith(OF_PROVIDER)
            ? code
            : `${OF_PROVIDER}unreachable`,
          problem: error
        };
      }
      if (session.problem !== null) {
        return waiting(session.id, code);
      }
      return { op: 'error', session: session.id, code, message, action };
    }
  }

  /** A connection that shares the session may have another cluster than the one it began with. */
  private _defaults(session: IServingSession): readonly string[] {
    const { session: selected, connection } = this._sessions;
    return selected?.id === session.id && connection
      ? connection.scopes
      : session.connection.scopes;
  }

  private _onChosen(): void {
    // Also where the clock was set back meanwhile: a choice must not look older than the one that it replaces.
    const since = Math.max(this._clock.now(), Date.parse(this._since) + 1);
    this._since = new Date(since).toISOString();
    this._memory.write(this._since);
  }

  private _update(): void {
    const { session, connection } = this._sessions;
    const next =
      session && connection
        ? {
            session: session.id,
            connection: connection.label,
            cluster: connection.cluster,
            project: this._projects.selected,
            baseUrl: connection.baseUrl,
            account: session.account.username,
            scopes: connection.scopes,
            since: this._since
          }
        : null;
    const key = JSON.stringify(next);
    if (key === this._key) {
      return;
    }
    this._key = key;
    this._context = next;
    if (next) {
      this._isSignedOut = false;
    }
    this._contextChanged.emit();
  }

  private _context: IContext | null = null;
  private _key = 'null';
  /** When the user last chose something in this tab. */
  private _since: string;
  private _isSignedOut = false;
  private readonly _contextChanged = new Signal<IHolder, void>(this);
  private readonly _ended = new Signal<IHolder, string>(this);
  private readonly _handedOut = new Signal<IHolder, AccessToken>(this);
}

function isServing(session: IHeldSession): session is IServingSession {
  return session.holder === 'tab';
}

function waiting(session: string | null, reason = 'sign_in_required'): Answer {
  return { op: 'waiting', session, reason, problem: null };
}
