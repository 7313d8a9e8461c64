import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IClock } from '../shared/clock';
import type { IProblem, KernelState, WaitsFor } from '../tokens';
import type { IAgentSource } from './finder';
import { Finder } from './finder';
import type { IHolder } from './holder';
import { Link } from './link';
import { Polling } from './polling';
import type { IAcknowledgement, ITokenRequest } from './protocol';
import * as protocol from './protocol';
import { Questions } from './questions';
import { Standing } from './standing';
import { Telling } from './telling';
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
    this._wasConnected = _transport.isConnected;
    const finder = new Finder(_transport, _holder, agent, _clock);
    this._link = new Link(_transport, finder, _clock, {
      attached: found => this._onAttached(found),
      failed: why => this._standing.set(why)
    });
    this._questions = new Questions(_clock);
    this._standing = new Standing(_clock, () => this._changed.emit());
    this._telling = new Telling(_transport, this._link, _holder, _clock);
    this._polling = new Polling(_transport, _clock, () => void this._poll());
    _transport.received.connect(this._onReceived, this);
    _transport.restarted.connect(this._onRestarted, this);
    _transport.statusChanged.connect(this._onStatusChanged, this);
    _transport.dropping.connect(() => this._polling.start());
    finder.queueInstallation();
    void this._link.attach();
  }

  get state(): KernelState {
    return this._standing.state;
  }

  /** Whom it waits for, where its state is `waiting`. */
  get waitsFor(): WaitsFor | null {
    return this._standing.waitsFor;
  }

  /** Why the sign-in service doesn't serve it, where it waits for that. */
  get problem(): IProblem | null {
    return this._standing.problem;
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
    this._telling.dispose();
    this._polling.stop();
    this._standing.dispose();
    Signal.clearData(this);
    this._transport.dispose();
  }

  private _onAttached(found: IAcknowledgement): void {
    this._questions.compareClocks(found.now);
    this._standing.set('attached');
    this._telling.attached(found);
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
    const { id } = request;
    try {
      const answer = await this._holder.answer(request, ours);
      if (this._isDisposed) {
        return;
      }
      if (!answer) {
        if (this._questions.leave(id)) {
          const { delegate } = this._holder;
          // Where the question names none, it is for the selected one.
          const isServers =
            delegate !== null && (request.session ?? delegate) === delegate;
          this._standing.waits(isServers ? 'server' : 'elsewhere');
        }
        return;
      }
      const isDelivered = await this._link.deliver(
        protocol.answer(request, answer)
      );
      if (answer.op === 'waiting') {
        this._standing.waits(
          answer.problem ? 'provider' : 'sign-in',
          answer.problem
        );
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
    this._telling.restarted();
    this._questions.clear();
    this._polling.stop();
    this._standing.set('attaching');
    this._link.restarted();
  }

  private _onStatusChanged(): void {
    const { isConnected, status } = this._transport;
    if (isConnected && !this._wasConnected && this._link.instance !== null) {
      // What was told while the connection was away is lost.
      void this._link.attach();
    }
    this._wasConnected = isConnected;
    this._link.statusChanged();
    this._telling.statusChanged();
    if (status === 'idle') {
      this._polling.stop();
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
  private readonly _telling: Telling;
  private readonly _polling: Polling;
  private _wasConnected: boolean;
  private _lastServed: number | null = null;
  private _isDisposed = false;
  /** A question from before the agent was met. */
  private _early: { request: ITokenRequest; ours: boolean } | null = null;
  private readonly _changed = new Signal<Courier, void>(this);
}
