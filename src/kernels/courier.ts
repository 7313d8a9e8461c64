import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IClock } from '../shared/clock';
import type { KernelState } from '../tokens';
import type { IHolder } from './holder';
import type { Content, IAcknowledgement, ITokenRequest } from './protocol';
import * as protocol from './protocol';
import { Settling } from './settling';
import type { IIncoming, ITransport } from './transport';

/** Milliseconds in which a kernel answers on control, whatever it is doing. */
const REPLY_TIMEOUT = 1000;

/** Milliseconds in which a kernel that is up answers nearly always. */
const QUICK_TIMEOUT = 150;

/** Milliseconds before the next attempt to attach, by the number of attempts that failed. */
const RETRIES = [500, 1000, 2000, 4000, 8000];

/** How many answered questions are remembered, so that a repeated one isn't answered twice. */
const ANSWERED_LIMIT = 200;

/** Where the code comes from that installs the agent in a kernel; it is loaded when a kernel needs it. */
export interface IAgentSource {
  /** The code, or `null` while it isn't loaded. */
  readonly code: string | null;
  load(): Promise<string>;
}

/**
 * Serves one kernel: finds or installs the agent, tells it the context and brings it tokens.
 *
 * Nothing is awaited inside a message handler: each question starts work of its own.
 */
export class Courier implements IDisposable {
  constructor(
    private readonly _transport: ITransport,
    private readonly _holder: IHolder,
    private readonly _agent: IAgentSource,
    private readonly _clock: IClock
  ) {
    this._settling = new Settling(_transport, _clock, settled =>
      this._sendContext(settled)
    );
    _transport.received.connect(this._onReceived, this);
    _transport.restarted.connect(this._onRestarted, this);
    _transport.statusChanged.connect(this._onStatusChanged, this);
    _holder.contextChanged.connect(this._onContextChanged, this);
    _holder.ended.connect(this._onEnded, this);
    this._queueInstallation();
    void this._attach();
  }

  get state(): KernelState {
    return this._state;
  }

  /** When a token was last delivered, in milliseconds since the epoch. */
  get lastServed(): number | null {
    return this._lastServed;
  }

  get changed(): ISignal<Courier, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._cancelRetry();
    this._settling.cancel();
    Signal.clearData(this);
    this._transport.dispose();
  }

  /** Find the agent, or install it. Only the newest attempt counts; it ends by itself. */
  private async _attach(): Promise<void> {
    const attempt = ++this._attempt;
    this._cancelRetry();
    this._awaitsConnection = !this._transport.isConnected;
    this._isAttaching = !this._awaitsConnection;
    if (this._awaitsConnection) {
      return;
    }
    const found = await this._findAgent(
      () => this._isDisposed || attempt !== this._attempt
    );
    if (found === 'stale') {
      return;
    }
    this._isAttaching = false;
    if (found === 'not-python') {
      this._setState('not-python');
    } else if (typeof found === 'string') {
      this._retryLater();
    } else {
      this._onAttached(found);
    }
  }

  private async _findAgent(
    isStale: () => boolean
  ): Promise<IAcknowledgement | 'absent' | 'silent' | 'not-python' | 'stale'> {
    const { language } = this._transport;
    if (language !== null && language !== 'python') {
      return isStale() ? 'stale' : 'not-python';
    }
    let found = await this._greet(QUICK_TIMEOUT);
    if (found === 'silent') {
      this._queueInstallation();
      found = await this._greet();
    }
    // A busy shell would hold the installation back; control can flip the status, so it comes second.
    for (const channel of ['shell', 'control'] as const) {
      if (isStale() || found !== 'absent') {
        break;
      }
      if (channel === 'control' || this._transport.status === 'idle') {
        await this._install(channel);
        found = await this._greet();
      }
    }
    return isStale() ? 'stale' : found;
  }

  /** The agent's acknowledgement, or why there is none. */
  private async _greet(
    timeout = REPLY_TIMEOUT
  ): Promise<IAcknowledgement | 'absent' | 'silent'> {
    const reply = await this._transport.send(
      protocol.hello(this._holder.id),
      timeout
    );
    if (reply === null) {
      return 'silent';
    }
    const acknowledgement = protocol.readAcknowledgement(reply);
    return acknowledgement?.ok ? acknowledgement : 'absent';
  }

  /**
   * In a kernel that is starting, queue the installation on shell, ahead of the first cell: by the time that
   * the control channel answers, that cell may have run.
   */
  private _queueInstallation(): void {
    const { status, language } = this._transport;
    const { code } = this._agent;
    if (
      status === 'unknown' &&
      language === 'python' &&
      code !== null &&
      !this._isQueued
    ) {
      this._isQueued = true;
      void this._transport.execute(code, 'shell', REPLY_TIMEOUT);
    }
  }

  private async _install(channel: 'shell' | 'control'): Promise<void> {
    let code: string;
    try {
      code = await this._agent.load();
    } catch {
      // The server is away; the attempt fails and is repeated.
      return;
    }
    await this._transport.execute(code, channel, REPLY_TIMEOUT);
  }

  private _onAttached({ instance, now, session }: IAcknowledgement): void {
    this._instance = instance;
    this._failures = 0;
    this._compareClocks(now);
    this._setState('attached');
    if (this._holder.context) {
      this._settling.start();
    } else if (this._holder.isSignedOut && session === null) {
      // Nobody else's session is at stake.
      void this._deliver(protocol.bye(instance, null));
    }
    const early = this._early;
    this._early = [];
    early.forEach(incoming => this._onReceived(this._transport, incoming));
  }

  private _retryLater(): void {
    this._instance = null;
    const wait = RETRIES[this._failures];
    this._failures += 1;
    if (wait === undefined) {
      // Left alone until its status changes.
      this._setState('unreachable');
      return;
    }
    this._stopRetry = this._clock.schedule(() => void this._attach(), wait);
  }

  private _onReceived(_: ITransport, incoming: IIncoming): void {
    const request = protocol.readRequest(incoming.data);
    if (!request) {
      return;
    }
    if (this._isVoid(request)) {
      void this._measure();
      return;
    }
    if (this._instance !== request.instance) {
      // An agent that this courier hasn't met, or not any more: greet it, the question comes again.
      if (this._instance !== null || this._state !== 'attaching') {
        this._instance = null;
        void this._attach();
      }
      this._early = [incoming];
      return;
    }
    if (!this._answering.has(request.id) && !this._answered.has(request.id)) {
      void this._answer(request, incoming.ours);
    }
  }

  private async _answer(request: ITokenRequest, ours: boolean): Promise<void> {
    this._answering.add(request.id);
    try {
      const answer = await this._holder.answer(request, ours);
      if (!answer || this._isDisposed) {
        return;
      }
      const isDelivered = await this._deliver(
        protocol.answer(request.instance, request.id, answer)
      );
      if (answer.op === 'waiting') {
        this._setState('waiting');
        return;
      }
      if (isDelivered) {
        this._rememberAnswered(request.id);
        if (answer.op === 'token') {
          this._lastServed = this._clock.now();
        }
        this._setState('attached');
        this._changed.emit();
      }
    } finally {
      this._answering.delete(request.id);
    }
  }

  /** Send, and find the agent again where it isn't there any more. */
  private async _deliver(content: Content): Promise<boolean> {
    const reply = await this._transport.send(content, REPLY_TIMEOUT);
    if (this._isDisposed) {
      return false;
    }
    const acknowledgement = protocol.readAcknowledgement(reply);
    const isGone =
      reply !== null &&
      (acknowledgement === null || acknowledgement.code === 'instance');
    if (isGone && this._instance !== null) {
      this._instance = null;
      void this._attach();
    }
    return acknowledgement?.ok ?? false;
  }

  private _onRestarted(): void {
    this._instance = null;
    this._failures = 0;
    this._answered.clear();
    this._setState('attaching');
    this._isQueued = false;
    this._queueInstallation();
    void this._attach();
  }

  private _onStatusChanged(): void {
    const { isConnected, status } = this._transport;
    const isLost = this._instance === null && !this._isAttaching;
    if (
      isLost &&
      isConnected &&
      (this._awaitsConnection || status === 'idle')
    ) {
      void this._attach();
    }
    this._settling.statusChanged();
  }

  private _onContextChanged(): void {
    if (this._instance !== null && this._holder.context) {
      this._settling.start();
    }
  }

  private _onEnded(_: IHolder, session: string): void {
    if (this._instance !== null) {
      this._settling.cancel();
      void this._deliver(protocol.bye(this._instance, session));
    }
  }

  private _sendContext(settled: boolean): void {
    const { context } = this._holder;
    if (this._instance !== null && context) {
      void this._deliver(protocol.context(this._instance, context, settled));
    }
  }

  /** Whether the question was asked too long ago, by the kernel's own clock: servers replay old messages. */
  private _isVoid({ sent, timeout }: ITokenRequest): boolean {
    const now = this._clock.now() / 1000 + this._kernelAhead;
    return this._instance !== null && now - sent > timeout;
  }

  /** Compare the clocks again: one of them may have been set since. The question comes again. */
  private async _measure(): Promise<void> {
    if (this._isMeasuring) {
      return;
    }
    this._isMeasuring = true;
    const found = await this._greet();
    this._isMeasuring = false;
    if (typeof found !== 'string') {
      this._compareClocks(found.now);
    }
  }

  private _compareClocks(kernelNow: number | undefined): void {
    this._kernelAhead =
      kernelNow === undefined ? 0 : kernelNow - this._clock.now() / 1000;
  }

  private _rememberAnswered(id: string): void {
    this._answered.add(id);
    // A set keeps the order in which its members came.
    const [oldest] = this._answered;
    if (this._answered.size > ANSWERED_LIMIT && oldest !== undefined) {
      this._answered.delete(oldest);
    }
  }

  private _cancelRetry(): void {
    this._stopRetry?.();
    this._stopRetry = null;
  }

  private _setState(state: KernelState): void {
    if (this._state !== state) {
      this._state = state;
      this._changed.emit();
    }
  }

  private _state: KernelState = 'attaching';
  /** The agent's process; `null` while no agent has acknowledged. */
  private _instance: string | null = null;
  private readonly _settling: Settling;
  private _attempt = 0;
  private _isAttaching = false;
  private _isMeasuring = false;
  private _awaitsConnection = false;
  private _failures = 0;
  /** Whether the installation is queued in this process of the kernel. */
  private _isQueued = false;
  /** Seconds by which the kernel's wall clock is ahead of ours. */
  private _kernelAhead = 0;
  private _lastServed: number | null = null;
  private _isDisposed = false;
  private _early: IIncoming[] = [];
  private _stopRetry: (() => void) | null = null;
  private readonly _answering = new Set<string>();
  private readonly _answered = new Set<string>();
  private readonly _changed = new Signal<Courier, void>(this);
}
