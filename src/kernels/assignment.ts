import type { IClock } from '../shared/clock';
import type { IKernels, KernelState } from '../tokens';
import type { IHolder } from './holder';
import type { IContext } from './protocol';

/** Milliseconds after which an assignment that failed is tried again. */
const RETRY_AFTER = 5000;

const CAN_BE_SERVED: readonly KernelState[] = [
  'attaching',
  'attached',
  'waiting',
  'unreachable'
];

/**
 * Names kernels to a session of the server, with the context that they work in; `null` where another session
 * has been selected, and this one only goes on answering. See `docs/server-api.md`.
 *
 * Resolves to those of the kernels that don't know yet which session of a page it has replaced.
 */
export type Assign = (
  session: string,
  kernels: readonly string[],
  context: IContext | null
) => Promise<readonly string[]>;

/** The sessions of this page that were moved to the server. */
export interface IMovedSessions {
  /** Whether this page still answers for what the server's `session` has replaced. */
  isAwaited(session: string): boolean;
  /** All kernels know that. */
  complete(session: string): void;
}

/**
 * Names the kernels of this page to the server while one of its sessions is selected.
 *
 * From then on the server answers them, also when this page is closed, and gives the context to the new
 * process after a restart.
 */
export class Assignment {
  constructor(
    private readonly _kernels: IKernels,
    private readonly _holder: IHolder,
    private readonly _assign: Assign,
    private readonly _moved: IMovedSessions,
    private readonly _clock: IClock
  ) {
    _kernels.changed.connect(this._update, this);
    _holder.contextChanged.connect(this._update, this);
    this._update();
  }

  private _update(): void {
    const { context, delegate } = this._holder;
    const kernels = this._kernels.entries
      .filter(({ state }) => CAN_BE_SERVED.includes(state))
      .map(({ id }) => id);
    const isServers = context !== null && delegate === context.session;
    if (isServers && kernels.length === 0) {
      // There is nobody who would have to hear of a move.
      this._moved.complete(context.session);
    }
    const isWanted = isServers && kernels.length > 0;
    const key = isWanted ? JSON.stringify([kernels, context]) : '';
    if (key === this._key) {
      return;
    }
    this._key = key;
    this._stopRetry?.();
    const session = isWanted ? context.session : null;
    if (this._named !== null && this._named !== session) {
      // Or the server would give its context to a kernel that restarts.
      void this._send(this._named, kernels, null);
    }
    this._named = session;
    if (isWanted) {
      void this._send(context.session, kernels, context);
    }
  }

  private async _send(
    session: string,
    kernels: string[],
    context: IContext | null
  ): Promise<void> {
    const key = this._key;
    let isDone: boolean;
    try {
      const unheard = await this._assign(session, kernels, context);
      isDone = unheard.length === 0 || !this._moved.isAwaited(session);
    } catch {
      // The server is away or has forgotten the session; the panel learns of it by itself.
      isDone = false;
    }
    // Without a context: the session is over, or it has nothing to tell any more.
    if (key !== this._key || context === null) {
      return;
    }
    if (isDone) {
      this._moved.complete(session);
    } else {
      this._retryLater();
    }
  }

  private _retryLater(): void {
    this._stopRetry = this._clock.schedule(() => {
      this._key = '';
      this._update();
    }, RETRY_AFTER);
  }

  private _key = '';
  /** The session to which kernels are named. */
  private _named: string | null = null;
  private _stopRetry: (() => void) | null = null;
}
