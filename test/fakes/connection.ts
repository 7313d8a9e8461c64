import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { CONTENT_KEY } from '../../src/kernels/protocol';

type Fields = Record<string, unknown>;

/** A page's connection to a kernel of a kind: what was sent, and what such a kernel says to it. */
export class FakeConnection {
  readonly id = 'k1';
  readonly name = 'spec';
  readonly clientId = 'page';
  readonly isDisposed = false;
  readonly connectionStatus = 'connected';
  /** Answered on shell only, which a busy kernel doesn't read. */
  readonly info = new Promise(() => undefined);
  status = 'idle';

  readonly anyMessage: Signal<this, unknown> = new Signal(this);
  readonly statusChanged: Signal<this, string> = new Signal(this);
  readonly connectionStatusChanged: Signal<this, string> = new Signal(this);

  /** Types and contents of what was sent on control and on shell. */
  readonly control: [string, Fields][] = [];
  readonly shell: [string, Fields][] = [];
  /** Acknowledges, where there is an agent. */
  agent: Fields | null = null;
  /** What code on shell is answered. */
  executed: Fields = { status: 'ok' };

  constructor(readonly implementation: string) {}

  /** The types of what was sent on control. */
  get kinds(): string[] {
    return this.control.map(([kind]) => kind);
  }

  get connection(): Kernel.IKernelConnection {
    return this as unknown as Kernel.IKernelConnection;
  }

  sendControlMessage(msg: KernelMessage.IMessage): { done: Promise<unknown> } {
    const { msg_type, msg_id } = msg.header;
    const content = msg.content as Fields;
    this.control.push([msg_type, content]);
    this.says('control', 'reply', this._reply(msg_type, content), { msg_id });
    return { done: Promise.resolve() };
  }

  sendShellMessage(msg: KernelMessage.IMessage): { done: Promise<unknown> } {
    this.shell.push([msg.header.msg_type, msg.content as Fields]);
    return { done: Promise.resolve({ content: this.executed }) };
  }

  /** A message of the kernel comes, from its process of that name. */
  says(
    channel: string,
    msg_type: string,
    content: Fields,
    parent_header: Fields | null,
    session = 'process-1'
  ): void {
    const header = { msg_type, session };
    const msg = { channel, header, parent_header, content };
    this.anyMessage.emit({ direction: 'recv', msg });
  }

  /** It says its status, and the library takes it as the kernel's. */
  saysStatus(execution_state: string, msg_type: string): void {
    this.says('iopub', 'status', { execution_state }, { msg_type });
    if (this.status !== execution_state) {
      this.status = execution_state;
      this.statusChanged.emit(execution_state);
    }
  }

  private _reply(kind: string, { code }: Fields): Fields {
    const isXeus = this.implementation === 'xeus-python';
    switch (kind) {
      case 'kernel_info_request':
        return { implementation: this.implementation };
      case 'comm_info_request':
        return isXeus || !this.agent ? {} : { [CONTENT_KEY]: this.agent };
      default:
        return {
          matches:
            isXeus && this.agent && String(code).startsWith('cdf-auth:')
              ? [JSON.stringify(this.agent)]
              : []
        };
    }
  }
}
