import type { IClock } from '../shared/clock';
import type { Finder, Greeted, Unfit } from './finder';
import type { Content, IAcknowledgement } from './protocol';
import * as protocol from './protocol';
import type { ITransport } from './transport';

/** Milliseconds in which a kernel answers on control, whatever it is doing. */
const REPLY_TIMEOUT = 1000;

/** Milliseconds before the next attempt to attach, by the number of attempts that failed. */
const RETRIES = [500, 1000, 2000, 4000, 8000];

/** What a link tells whoever uses it. */
export interface ILinkEvents {
  /** An agent has been found. */
  attached(found: IAcknowledgement): void;
  /** There is none, and no more attempts are made for now. */
  failed(why: Unfit | 'unreachable'): void;
}

/** The link to the agent in one kernel: found or installed, and found again when it is lost. */
export class Link {
  constructor(
    private readonly _transport: ITransport,
    private readonly _finder: Finder,
    private readonly _clock: IClock,
    private readonly _events: ILinkEvents
  ) {}

  /** The agent's process; `null` while no agent has acknowledged. */
  get instance(): string | null {
    return this._instance;
  }

  /** Whether an agent is being looked for just now. */
  get isAttaching(): boolean {
    return this._isAttaching;
  }

  /** When the agent last acknowledged a greeting, in milliseconds since the epoch by our clock. */
  get greetedAt(): number {
    return this._greetedAt;
  }

  dispose(): void {
    this._isDisposed = true;
    this._stopRetry?.();
  }

  /** Find the agent, or install it. Only the newest attempt counts; it ends by itself. */
  async attach(): Promise<void> {
    const attempt = ++this._attempt;
    const isStale = (): boolean =>
      this._isDisposed || attempt !== this._attempt;
    this._stopRetry?.();
    this._instance = null;
    this._awaitsConnection = !this._transport.isConnected;
    this._isAttaching = !this._awaitsConnection;
    if (this._awaitsConnection) {
      return;
    }
    const found = await this._finder.find(isStale);
    if (isStale()) {
      return;
    }
    this._isAttaching = false;
    if (found === 'absent' || found === 'silent') {
      this._retryLater();
    } else if (typeof found === 'string') {
      this._events.failed(found);
    } else {
      this._failures = 0;
      this._instance = found.instance;
      this._greetedAt = this._clock.now();
      this._events.attached(found);
    }
  }

  /** The kernel has a new process. */
  restarted(): void {
    this._failures = 0;
    this._finder.reset();
    this._finder.queueInstallation();
    void this.attach();
  }

  /** The kernel's status or its connection has changed. */
  statusChanged(): void {
    const { isConnected, status } = this._transport;
    const isLost = this._instance === null && !this._isAttaching;
    const isAgain = this._awaitsConnection || status === 'idle';
    if (isLost && isConnected && isAgain && this._finder.verdict === null) {
      void this.attach();
    }
  }

  /** Send, and find the agent again where it isn't there any more. */
  async deliver(content: Content): Promise<boolean> {
    const reply = await this._transport.send(content, REPLY_TIMEOUT);
    if (this._isDisposed) {
      return false;
    }
    const acknowledgement = protocol.readAcknowledgement(reply);
    const isGone =
      reply !== null &&
      (acknowledgement === null || acknowledgement.code === 'instance');
    if (isGone && this._instance !== null) {
      void this.attach();
    }
    return acknowledgement?.ok ?? false;
  }

  /** Greet the agent that was found; `null` where it isn't that one any more, or nobody is interested. */
  async greet(): Promise<IAcknowledgement | 'silent' | null> {
    const instance = this._instance;
    this._greeting ??= this._finder.greet().finally(() => {
      this._greeting = null;
    });
    const found = await this._greeting;
    if (this._isDisposed || instance === null || instance !== this._instance) {
      return null;
    }
    if (found === 'silent') {
      return found;
    }
    if (typeof found === 'string' || found.instance !== instance) {
      void this.attach();
      return null;
    }
    this._greetedAt = this._clock.now();
    return found;
  }

  private _retryLater(): void {
    const wait = RETRIES[this._failures];
    this._failures += 1;
    if (wait === undefined) {
      // Left alone until its status changes.
      this._events.failed('unreachable');
      return;
    }
    this._stopRetry = this._clock.schedule(() => void this.attach(), wait);
  }

  private _instance: string | null = null;
  private _greetedAt = 0;
  private _greeting: Promise<Greeted> | null = null;
  private _attempt = 0;
  private _isAttaching = false;
  private _awaitsConnection = false;
  private _failures = 0;
  private _isDisposed = false;
  private _stopRetry: (() => void) | null = null;
}
