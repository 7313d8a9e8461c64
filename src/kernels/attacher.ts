import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { AccessToken } from '../credentials/token';
import type { IClock } from '../shared/clock';
import type { IKernelEntry, IKernels } from '../tokens';
import { Courier } from './courier';
import type { IAgentSource } from './finder';
import type { IHolder } from './holder';
import type { LanguageOf } from './websocket';
import { WebsocketTransport } from './websocket';

/** A notebook or a console, as far as its kernel is concerned. */
export interface IKernelUser {
  readonly name: string;
  readonly kernel: Kernel.IKernelConnection | null;
}

/**
 * Follows the open notebooks and consoles, and keeps one courier for each of their kernels.
 *
 * Several of them can share a kernel, each with a connection of its own; only one connection at a time is
 * used, and the next takes over when it goes.
 */
export class Attacher implements IKernels, IDisposable {
  constructor(
    private readonly _holder: IHolder,
    private readonly _agent: IAgentSource,
    private readonly _languageOf: LanguageOf,
    private readonly _clock: IClock
  ) {}

  get entries(): readonly IKernelEntry[] {
    return [...this._serving].map(([id, { courier }]) => ({
      id,
      names: [...this._users]
        .filter(user => user.kernel?.id === id)
        .map(user => user.name),
      state: courier.state,
      waitsFor: courier.waitsFor,
      problem: courier.problem,
      lastServed: courier.lastServed
    }));
  }

  get changed(): ISignal<IKernels, void> {
    return this._changed;
  }

  /** Emitted with each token that a kernel is about to get. */
  get handedOut(): ISignal<IHolder, AccessToken> {
    return this._holder.handedOut;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Serve whatever kernel `user` has; call `refresh` when it changes and `unfollow` when it is closed. */
  follow(user: IKernelUser): void {
    this._users.add(user);
    // Needed at the very moment when its kernel is there, so fetched while that starts.
    void this._agent.load().catch(() => undefined);
    this.refresh();
  }

  unfollow(user: IKernelUser): void {
    this._users.delete(user);
    this.refresh();
  }

  /** Look again at which kernels there are and through which connections they are reached. */
  refresh(): void {
    if (this._isDisposed) {
      return;
    }
    const connections = this._connections();
    for (const [id, { connection, courier }] of this._serving) {
      const usable = connections.get(id) ?? [];
      const isBest =
        usable.includes(connection) &&
        (isConnected(connection) || !usable.some(isConnected));
      if (!isBest) {
        courier.dispose();
        this._serving.delete(id);
      }
    }
    for (const [id, usable] of connections) {
      if (!this._serving.has(id)) {
        const best = usable.find(isConnected) ?? usable[0];
        if (best) {
          this._serve(id, best);
        }
      }
    }
    this._changed.emit();
  }

  claim(): void {
    this._holder.claim();
  }

  dispose(): void {
    this._isDisposed = true;
    this._serving.forEach(({ courier }) => courier.dispose());
    this._serving.clear();
    Signal.clearData(this);
  }

  private _connections(): Map<string, Kernel.IKernelConnection[]> {
    const connections = new Map<string, Kernel.IKernelConnection[]>();
    for (const { kernel } of this._users) {
      if (kernel && !kernel.isDisposed) {
        const known = connections.get(kernel.id) ?? [];
        connections.set(kernel.id, [...known, kernel]);
      }
    }
    return connections;
  }

  private _serve(id: string, connection: Kernel.IKernelConnection): void {
    const transport = new WebsocketTransport(
      connection,
      this._languageOf,
      this._clock
    );
    const courier = new Courier(
      transport,
      this._holder,
      this._agent,
      this._clock
    );
    courier.changed.connect(() => this._changed.emit());
    this._serving.set(id, { connection, courier });
  }

  private _isDisposed = false;
  private readonly _users = new Set<IKernelUser>();
  private readonly _serving = new Map<
    string,
    { connection: Kernel.IKernelConnection; courier: Courier }
  >();
  private readonly _changed = new Signal<IKernels, void>(this);
}

function isConnected(connection: Kernel.IKernelConnection): boolean {
  return !connection.isDisposed && connection.connectionStatus === 'connected';
}
