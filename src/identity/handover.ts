import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { InteractiveFlow } from './interactive';
import { registration } from './interactive';
import type { Roster } from './roster';
import type { ServerSession } from './server-session';
import type { InteractiveSession } from './session';

/** A session of this tab has been replaced by one that the server holds. */
export interface IMove {
  readonly from: string;
  readonly to: string;
}

/**
 * The sessions that this tab held and that live on the server now.
 *
 * Nobody can choose them any more, and a reload doesn't bring them back. But a kernel may not have heard of
 * the move yet; so this tab goes on answering for them until all kernels have, and drops their tokens then.
 */
export class Handover {
  /**
   * @param _flow - drops tokens.
   * @param _remember - told when there is another one, or one less.
   */
  constructor(
    private readonly _roster: Roster,
    private readonly _flow: Pick<InteractiveFlow, 'forget'>,
    private readonly _remember: () => void
  ) {}

  get all(): readonly InteractiveSession[] {
    return [...this._successors.keys()];
  }

  /** Those whose tokens this browser may still hold, though nobody can choose them. */
  get undropped(): readonly InteractiveSession[] {
    return [...this.all, ...this._dropping];
  }

  /** Emitted when the server has taken a session over. Nobody has chosen anything by that. */
  get moved(): ISignal<Handover, IMove> {
    return this._moved;
  }

  /** Let a session of the server take the place of the one that it replaces; tells whether that is one of ours. */
  take(session: ServerSession): boolean {
    const old = this._roster.ofTab.find(({ id }) => id === session.replaces);
    if (!old) {
      return false;
    }
    this._roster.replace(old, session);
    this._successors.set(old, session.id);
    this._moved.emit({ from: old.id, to: session.id });
    this._remember();
    return true;
  }

  /** Those in whose place the server holds `successor`. */
  replacedBy(successor: string): InteractiveSession[] {
    return this.all.filter(one => this._successors.get(one) === successor);
  }

  /** Whether this tab still answers for what the server's session `successor` has replaced. */
  isAwaited(successor: string): boolean {
    return this.replacedBy(successor).length > 0;
  }

  /** No kernel asks any more for what the server's session `successor` has replaced. */
  complete(successor: string): void {
    this.replacedBy(successor).forEach(session => this.drop(session));
  }

  /** Drop its tokens. Where that isn't possible now it is tried again after a reload, or they die with the tab. */
  drop(session: InteractiveSession): void {
    this._successors.delete(session);
    const others = [...this._roster.ofTab, ...this.all];
    // Another session of the same account lives on the same tokens.
    if (!others.some(one => hasSameTokens(one, session))) {
      this._dropping.add(session);
      void this._forget(session);
    }
    this._remember();
  }

  private async _forget(session: InteractiveSession): Promise<void> {
    try {
      await this._flow.forget(session);
    } catch {
      // The server is away, and msal-browser wasn't loaded yet.
      return;
    }
    this._dropping.delete(session);
    this._remember();
  }

  /** Ids of the server's sessions, by what they have replaced. */
  private readonly _successors = new Map<InteractiveSession, string>();
  private readonly _dropping = new Set<InteractiveSession>();
  private readonly _moved = new Signal<Handover, IMove>(this);
}

function hasSameTokens(a: InteractiveSession, b: InteractiveSession): boolean {
  return (
    a.account.key === b.account.key &&
    registration(a.connection) === registration(b.connection)
  );
}
