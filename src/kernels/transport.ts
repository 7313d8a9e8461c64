import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Content, Outcome } from './protocol';

/** What a kernel sent on our comm id. */
export interface IIncoming {
  /** `content.data`, not checked yet. */
  data: unknown;
  /** Whether a client of this page ran the cell that asks; `false` also where that isn't known. */
  ours: boolean;
}

/**
 * How a courier reaches one kernel, as a port. The browser's is a websocket; the server has one of its own.
 */
export interface ITransport extends IDisposable {
  readonly kernelId: string;
  /** Whether it can carry messages now. */
  readonly isConnected: boolean;
  /** `unknown` while it starts, and after a reload until it says something. */
  readonly status: 'idle' | 'busy' | 'unknown' | 'gone';
  /** The kernel's language in lower case, or `null` while it isn't known. */
  readonly language: string | null;

  readonly received: ISignal<ITransport, IIncoming>;
  readonly statusChanged: ISignal<ITransport, void>;
  /** A new kernel process has taken the place of the old one. */
  readonly restarted: ISignal<ITransport, void>;
  /** The server has begun to drop what the kernel publishes, questions included. */
  readonly dropping: ISignal<ITransport, void>;

  /**
   * Send on control as a `comm_info_request`, or in the way of the kernel.
   *
   * @param timeout - in milliseconds.
   * @returns the reply's content, or `null` when none came in time.
   */
  send(content: Content, timeout: number): Promise<unknown>;

  /**
   * Evaluate an expression silently, on shell or, for a busy kernel that can, on control.
   *
   * @param timeout - milliseconds after which nobody waits any more; it may still be evaluated later.
   * @returns how the installation went that the expression does, or `null` where that isn't known.
   */
  execute(
    expression: string,
    channel: 'shell' | 'control',
    timeout: number
  ): Promise<Outcome | null>;
}
