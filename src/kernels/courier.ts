import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IClock } from '../shared/clock';
import type { KernelState } from '../tokens';
import type { IAgentSource } from './finder';
import { Finder } from './finder';
import type { IHolder } from './holder';
import { Link } from './link';
import { Polling } from './polling';
import { precedes } from './precedence';
import type { IAcknowledgement, ITokenRequest } from './protocol';
import * as protocol from './protocol';
import { Questions } from './questions';
import { Settling } from './settling';
import { Standing } from './standing';
import type { IIncoming, ITransport } from './transport';

/**
 * Serves one kernel: tells its agent the context and brings it tokens.
 *
 * Nothing is awaited inside a message handler: each question starts work of its own.
 */
export class Courier implements IDisposable {
  constructor(
    private readonly _transport: ITransport,
    private readonly _holder: IHolder,
    agent: IAgentSource,
    private readonly _clock: IClock
  ) {
    const finder = new Finder(_transport, _holder, agent);
    this._link = new Link(_transport, finder, _clock, {
      attached: found => this._onAttached(found),
      failed: why => this._standing.set(why)
    });
    this._questions = new Questions(_clock);
    this._standing = new Standing(_clock, () => this._changed.emit());
    this._settling = new Settling(_transport, _clock, settled =>
      settled ? void this._reconsider(true) : this._sendContext(false)
    );
    this._polling = new Polling(_transport, _clock, () => void this._poll());
    _transport.received.connect(this._onReceived, this);
    _transport.restarted.connect(this._onRestarted, this);
    _transport.statusChanged.connect(this._onStatusChanged, this);
    _transport.dropping.connect(() => this._polling.start());
    _holder.contextChanged.connect(this._onContextChanged, this);
    _holder.ended.connect(this._onEnded, this);
    finder.queueInstallation();
    void this._link.attach();
  }

  get state(): KernelState {
    return this._standing.state;
  }

  /** Whether it waits for a session that isn't this tab's, and whose holder doesn't answer. */
  get isOrphaned(): boolean {
    return this._standing.isOrphaned;
  }

  /** When a token was last delivered to the kernel's process, in milliseconds since the epoch. */
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
    this._link.dispose();
    this._settling.cancel();
    this._polling.stop();
    this._standing.dispose();
    Signal.clearData(this);
    this._transport.dispose();
  }

  private _onAttached(found: IAcknowledgement): void {
    this._questions.compareClocks(found.now);
    this._standing.set('attached');
    const { context, isSignedOut } = this._holder;
    if (context && precedes(context, found)) {
      this._settling.start();
    } else if (isSignedOut && found.session === null) {
      // Nobody else's session is at stake.
      void this._link.deliver(protocol.bye(found.instance, null));
    }
    const early = this._early;
    this._early = null;
    if (early?.request.instance === found.instance) {
      this._onQuestion(early.request, early.ours);
    }
    this._takeUp(found);
  }

  private _onReceived(_: ITransport, { data, ours }: IIncoming): void {
    const request = protocol.readRequest(data);
    if (!request) {
      return;
    }
    if (this._link.instance === request.instance) {
      this._onQuestion(request, ours);
      return;
    }
    // An agent that this courier hasn't met, or not any more: greet it first.
    this._early = { request, ours };
    if (!this._link.isAttaching) {
      void this._link.attach();
    }
  }

  private _onQuestion(request: ITokenRequest, told: boolean): void {
    const ours = this._questions.isOurs(request.id, told);
    if (this._questions.isVoid(request)) {
      // By clocks that may have been set since they were compared. The question comes again.
      void this._greet();
    } else if (this._questions.begin(request)) {
      void this._answer(request, ours);
    }
  }

  private async _answer(request: ITokenRequest, ours: boolean): Promise<void> {
    const { id, instance } = request;
    try {
      const answer = await this._holder.answer(request, ours);
      if (this._isDisposed) {
        return;
      }
      if (!answer) {
        if (this._questions.leave(id)) {
          this._standing.waits(true);
        }
        return;
      }
      const message = protocol.answer(instance, id, answer);
      const isDelivered = await this._link.deliver(message);
      if (answer.op === 'waiting') {
        this._standing.waits(false);
      } else if (isDelivered) {
        this._questions.answered(id);
        if (answer.op === 'token') {
          this._lastServed = this._clock.now();
        }
        this._standing.set('attached');
        this._changed.emit();
      }
    } finally {
      this._questions.end(id);
    }
  }

  private _onRestarted(): void {
    this._lastServed = null;
    this._questions.clear();
    this._polling.stop();
    this._standing.set('attaching');
    this._link.restarted();
  }

  private _onStatusChanged(): void {
    this._link.statusChanged();
    this._settling.statusChanged();
    if (this._transport.status === 'idle') {
      this._polling.stop();
    }
  }

  private _onContextChanged(): void {
    const { context } = this._holder;
    if (this._link.instance === null || !context) {
      return;
    }
    if (Date.parse(context.since) >= this._link.greetedAt) {
      // The user has just chosen it.
      this._settling.start();
    } else {
      void this._reconsider(false);
    }
  }

  private _onEnded(_: IHolder, session: string): void {
    const { instance } = this._link;
    if (instance !== null) {
      this._settling.cancel();
      void this._link.deliver(protocol.bye(instance, session));
    }
  }

  /** Tell the context unless another holder has told a newer one meanwhile. */
  private async _reconsider(settled: boolean): Promise<void> {
    const found = await this._greet();
    const { context } = this._holder;
    if (!context || !found) {
      return;
    }
    // A kernel that is slow to answer may still hear that a choice has settled.
    const isTold = found === 'silent' ? settled : precedes(context, found);
    if (isTold && settled) {
      this._sendContext(true);
    } else if (isTold) {
      this._settling.start();
    }
  }

  private _sendContext(settled: boolean): void {
    const { context } = this._holder;
    const { instance } = this._link;
    if (instance !== null && context) {
      void this._link.deliver(protocol.context(instance, context, settled));
    }
  }

  /** The server drops what the kernel publishes: ask for the questions. */
  private async _poll(): Promise<void> {
    const found = await this._greet();
    if (found && found !== 'silent') {
      this._takeUp(found);
    }
  }

  /** Greet again, and compare the clocks: one of them may have been set. */
  private async _greet(): Promise<IAcknowledgement | 'silent' | null> {
    const found = await this._link.greet();
    if (found && found !== 'silent') {
      this._questions.compareClocks(found.now);
    }
    return found;
  }

  /** Questions that were asked before this page came, or that the server has dropped. */
  private _takeUp({ instance, open }: IAcknowledgement): void {
    for (const request of open) {
      if (request.instance === instance) {
        this._onQuestion(request, false);
      }
    }
  }

  private readonly _link: Link;
  private readonly _questions: Questions;
  private readonly _standing: Standing;
  private readonly _settling: Settling;
  private readonly _polling: Polling;
  private _lastServed: number | null = null;
  private _isDisposed = false;
  /** A question from before the agent was met. */
  private _early: { request: ITokenRequest; ours: boolean } | null = null;
  private readonly _changed = new Signal<Courier, void>(this);
}
