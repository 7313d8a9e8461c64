import { Signal } from '@lumino/signaling';
import type { IClock } from '../shared/clock';
import type { IHolder } from './holder';
import type { Link } from './link';
import { precedes } from './precedence';
import type { IAcknowledgement } from './protocol';
import * as protocol from './protocol';
import { Settling } from './settling';
import type { ITransport } from './transport';

/** What a holder tells an agent unasked: the context, and which sessions have ended. */
export class Telling {
  constructor(
    transport: ITransport,
    private readonly _link: Link,
    private readonly _holder: IHolder,
    clock: IClock
  ) {
    this._settling = new Settling(transport, clock, settled =>
      settled ? void this._reconsider(true) : this._sendContext(false)
    );
    _holder.contextChanged.connect(this._onContextChanged, this);
    _holder.ended.connect(this._onEnded, this);
  }

  dispose(): void {
    this._settling.cancel();
    Signal.clearData(this);
  }

  /** The agent was found. */
  attached(found: IAcknowledgement): void {
    this._sayGoodbye(found.instance);
    const { context, isSignedOut } = this._holder;
    if (context && precedes(context, found)) {
      this._settling.start();
    } else if (isSignedOut && found.session === null) {
      // Nobody else's session is at stake.
      void this._link.deliver(protocol.bye(found.instance, null));
    }
  }

  /** The kernel has a new process, which knows of no session. */
  restarted(): void {
    this._unsaid.clear();
  }

  /** The kernel's status has changed. */
  statusChanged(): void {
    this._settling.statusChanged();
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
    this._settling.cancel();
    this._unsaid.add(session);
    if (instance !== null) {
      this._sayGoodbye(instance);
    }
  }

  /** Tell which sessions have ended, until the agent has acknowledged it. */
  private _sayGoodbye(instance: string): void {
    this._unsaid.forEach(session => {
      void this._link
        .deliver(protocol.bye(instance, session))
        .then(isTold => isTold && this._unsaid.delete(session));
    });
  }

  /** Tell the context unless another holder has told a newer one meanwhile. */
  private async _reconsider(settled: boolean): Promise<void> {
    const found = await this._link.greet();
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

  private readonly _settling: Settling;
  /** Ids of sessions that have ended, which the agent hasn't acknowledged yet. */
  private readonly _unsaid = new Set<string>();
}
