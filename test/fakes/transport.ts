import { Signal } from '@lumino/signaling';
import type { Content } from '../../src/kernels/protocol';
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

  readonly sent: Record<string, unknown>[] = [];
  readonly executed: string[] = [];
  readonly received: Signal<ITransport, IIncoming> = new Signal(this);
  readonly statusChanged: Signal<ITransport, void> = new Signal(this);
  readonly restarted: Signal<ITransport, void> = new Signal(this);

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
    const isOurs =
      message['op'] === 'hello' || message['instance'] === this.agent;
    return {
      ...reply,
      [CONTENT_KEY]: {
        v: 1,
        ok: isOurs,
        instance: this.agent,
        now: this.kernelClock,
        session: this.followed,
        ...(isOurs ? {} : { code: 'instance' })
      }
    };
  }

  async execute(_code: string, channel: 'shell' | 'control'): Promise<void> {
    this.executed.push(channel);
    if (this.runs.includes(channel)) {
      this.agent ??= 'agent-1';
    }
  }

  setStatus(status: ITransport['status']): void {
    this.status = status;
    this.statusChanged.emit();
  }

  ask(data: Record<string, unknown>, ours = true): void {
    const request = {
      v: 1,
      op: 'token',
      id: 'q1',
      instance: this.agent,
      session: null,
      scopes: [],
      min_ttl: null,
      sent: this.kernelClock,
      timeout: 60,
      ...data
    };
    this.received.emit({ data: request, ours });
  }

  dispose(): void {
    this.isDisposed = true;
  }
}
