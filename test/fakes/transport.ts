import { Signal } from '@lumino/signaling';
import type { Content, Outcome } from '../../src/kernels/protocol';
import { CONTENT_KEY } from '../../src/kernels/protocol';
import type { IIncoming, ITransport } from '../../src/kernels/transport';

/** A kernel behind a transport: with or without an agent, busy or idle, as a test wants it. */
export class FakeTransport implements ITransport {
  readonly kernelId = 'k1';
  isConnected = true;
  status: ITransport['status'] = 'idle';
  language: string | null = 'python';
  isDisposed = false;

  /** The running agent's instance; `null` where there is none. */
  agent: string | null = null;
  /** Whether the kernel answers on control at all. */
  isSilent = false;
  /** Which channels' code is run at once; a busy shell runs none. */
  runs: string[] = ['shell', 'control'];
  kernelClock = 0;
  /** The session that the agent follows. */
  followed: string | null = null;
  /** When that was chosen, as the agent says it. */
  since: string | null = null;
  /** What the agent says of its open questions. */
  open: unknown = [];
  /** How an installation goes. */
  outcome: Outcome | null = 'ok';
  /** With another one the agent refuses whatever it is told. */
  version = 1;

  readonly sent: Record<string, unknown>[] = [];
  readonly executed: string[] = [];
  readonly received: Signal<ITransport, IIncoming> = new Signal(this);
  readonly statusChanged: Signal<ITransport, void> = new Signal(this);
  readonly restarted: Signal<ITransport, void> = new Signal(this);
  readonly dropping: Signal<ITransport, void> = new Signal(this);

  /** The operations that were sent, in order. */
  get operations(): unknown[] {
    return this.sent.map(message => message['op']);
  }

  async send(content: Content): Promise<unknown> {
    const message = content[CONTENT_KEY] as Record<string, unknown>;
    this.sent.push(message);
    if (this.isSilent || !this.isConnected) {
      return null;
    }
    const reply = { status: 'ok', comms: {} };
    if (this.agent === null) {
      return reply;
    }
    const refusal =
      this.version !== 1
        ? 'version'
        : message['op'] === 'hello' || message['instance'] === this.agent
          ? null
          : 'instance';
    const greeting = {
      now: this.kernelClock,
      session: this.followed,
      since: this.since,
      open: this.open
    };
    return {
      ...reply,
      [CONTENT_KEY]: {
        v: this.version,
        ok: refusal === null,
        instance: this.agent,
        ...(refusal === null ? greeting : { code: refusal })
      }
    };
  }

  async execute(
    _code: string,
    channel: 'shell' | 'control'
  ): Promise<Outcome | null> {
    this.executed.push(channel);
    if (!this.runs.includes(channel)) {
      return null;
    }
    if (this.outcome === 'ok') {
      this.agent ??= 'agent-1';
    }
    return this.outcome;
  }

  setStatus(status: ITransport['status']): void {
    this.status = status;
    this.statusChanged.emit();
  }

  /** A question as the agent asks it. */
  question(fields: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      v: 1,
      op: 'token',
      id: 'q1',
      instance: this.agent,
      session: null,
      scopes: [],
      min_ttl: null,
      sent: this.kernelClock,
      timeout: 60,
      ...fields
    };
  }

  ask(fields: Record<string, unknown>, ours = true): void {
    this.received.emit({ data: this.question(fields), ours });
  }

  dispose(): void {
    this.isDisposed = true;
  }
}
