import type { Kernel } from '@jupyterlab/services';
import { KernelMessage } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IClock } from '../shared/clock';
import type { Content, Outcome } from './protocol';
import { COMM_ID, CONTENT_KEY } from './protocol';
import type { IIncoming, ITransport } from './transport';
import { Speaker, questionIn } from './xeus';

/** The language of a kernel specification, by its name. */
export type LanguageOf = (name: string) => string | undefined;

/**
 * A transport over the connection that an open notebook or console already has.
 *
 * Never over one of our own: a second connection in the page keeps the server from buffering output while
 * the first one is away, so lines would be lost.
 */
export class WebsocketTransport implements ITransport {
  constructor(
    private readonly _kernel: Kernel.IKernelConnection,
    private readonly _languageOf: LanguageOf,
    private readonly _clock: IClock
  ) {
    // `anyMessage` comes on arrival; `iopubMessage` only after slow output handlers have run.
    _kernel.anyMessage.connect(this._onMessage, this);
    _kernel.statusChanged.connect(this._onStatus, this);
    _kernel.connectionStatusChanged.connect(this._onStatus, this);
    _kernel.info.then(
      () => this._speaker.answered(),
      () => undefined
    );
  }

  get kernelId(): string {
    return this._kernel.id;
  }

  get isConnected(): boolean {
    return !this._isDisposed && this._kernel.connectionStatus === 'connected';
  }

  get status(): ITransport['status'] {
    const { status } = this._kernel;
    if (this._kernel.isDisposed || status === 'dead') {
      return 'gone';
    }
    const isKnown = status === 'idle' || status === 'busy';
    return isKnown
      ? this._speaker.isXeus
        ? this._speaker.status
        : status
      : 'unknown';
  }

  get language(): string | null {
    return this._languageOf(this._kernel.name)?.toLowerCase() ?? null;
  }

  get received(): ISignal<ITransport, IIncoming> {
    return this._received;
  }

  get statusChanged(): ISignal<ITransport, void> {
    return this._statusChanged;
  }

  get restarted(): ISignal<ITransport, void> {
    return this._restarted;
  }

  get dropping(): ISignal<ITransport, void> {
    return this._dropping;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._replies.forEach(resolve => resolve(null));
    this._replies.clear();
    Signal.clearData(this);
  }

  async send(content: Content, timeout: number): Promise<unknown> {
    return this._speaker.send(content, timeout);
  }

  private async _request(
    msgType: string,
    content: Content,
    timeout: number
  ): Promise<unknown> {
    if (!this.isConnected) {
      return null;
    }
    const message = this._message(msgType, 'control', content);
    const id = message.header.msg_id;
    return new Promise(resolve => {
      const stop = this._clock.schedule(() => {
        this._replies.delete(id);
        resolve(null);
      }, timeout);
      this._replies.set(id, reply => {
        stop();
        this._replies.delete(id);
        resolve(reply);
      });
      try {
        const future = this._kernel.sendControlMessage(
          message as unknown as KernelMessage.IControlMessage,
          true,
          true
        );
        // A restart cancels it; whoever waits is told by the timeout or the restart itself.
        future.done.catch(() => undefined);
      } catch {
        this._replies.get(id)?.(null);
      }
    });
  }

  async execute(
    expression: string,
    channel: 'shell' | 'control',
    timeout: number
  ): Promise<Outcome | null> {
    // xeus-python evaluates nothing on control: there it waits on shell for the end of a cell.
    const isOnShell = channel === 'shell' || this._speaker.isXeus;
    const onChannel = isOnShell ? 'shell' : 'control';
    const message = this._message('execute_request', onChannel, {
      code: '',
      silent: true,
      store_history: false,
      user_expressions: { [CONTENT_KEY]: expression },
      allow_stdin: false,
      stop_on_error: false
    });
    let done: Promise<KernelMessage.IMessage | undefined>;
    try {
      done = isOnShell
        ? this._kernel.sendShellMessage(
            message as unknown as KernelMessage.IShellMessage,
            true,
            true
          ).done
        : this._kernel.sendControlMessage(
            message as unknown as KernelMessage.IControlMessage,
            true,
            true
          ).done;
    } catch {
      // The kernel is dead or the socket closed: attaching is tried again when it is back.
      return null;
    }
    return new Promise(resolve => {
      const stop = this._clock.schedule(() => resolve(null), timeout);
      const finish = (outcome: Outcome | null): void => {
        stop();
        resolve(outcome);
      };
      done.then(
        reply => finish(this._speaker.readOutcome(reply?.content)),
        () => finish(null)
      );
    });
  }

  /** A message with any content: the types of the library know neither our key nor executing on control. */
  private _message(
    msgType: string,
    channel: string,
    content: Content
  ): KernelMessage.IMessage {
    return KernelMessage.createMessage({
      msgType,
      channel,
      session: this._kernel.clientId,
      content
    } as unknown as KernelMessage.IOptions<KernelMessage.IExecuteRequestMsg>);
  }

  private _onMessage(
    _: Kernel.IKernelConnection,
    { msg, direction }: Kernel.IAnyMessageArgs
  ): void {
    if (direction !== 'recv') {
      return;
    }
    // xeus-python has messages with `null` there.
    const parent =
      (msg.parent_header as Partial<KernelMessage.IHeader> | null) ?? {};
    if (msg.channel === 'control' && parent.msg_id) {
      this._replies.get(parent.msg_id)?.(msg.content);
    }
    if (msg.channel !== 'iopub') {
      this._noteStatus(msg);
      return;
    }
    // The server makes messages up in the client's name, for example "restarting".
    if (msg.header.session === this._kernel.clientId) {
      // The one stream among them says that it drops output from now on.
      if (KernelMessage.isStreamMsg(msg)) {
        this._dropping.emit();
      }
      return;
    }
    this._noticeProcess(msg.header.session);
    this._noteStatus(msg);
    const data =
      KernelMessage.isCommMsgMsg(msg) && msg.content.comm_id === COMM_ID
        ? msg.content.data
        : questionIn(msg);
    if (data !== undefined) {
      const ours = parent.session === this._kernel.clientId;
      this._received.emit({ data, ours });
    }
  }

  private _noteStatus(msg: KernelMessage.IMessage): void {
    if (this._speaker.note(msg)) {
      this._statusChanged.emit();
    }
  }

  /** A changed session in iopub headers is the one reliable sign of a new process. */
  private _noticeProcess(session: string): void {
    const isNew = this._process !== null && this._process !== session;
    this._process = session;
    if (isNew && this._isNewExpected) {
      this._isNewExpected = false;
    } else if (isNew) {
      this._speaker.reset();
      this._restarted.emit();
    }
  }

  private _onStatus(_: Kernel.IKernelConnection, changed: string): void {
    const { status } = this._kernel;
    const isRestarting = status === 'restarting' || status === 'autorestarting';
    if (isRestarting && !this._isRestarting) {
      // The connection drops what is queued just after it has told of the restart. What is queued a moment
      // later goes to the new process, ahead of the first cell that the user runs.
      void Promise.resolve().then(() => {
        // What the old process still says must not make the new one look like another restart.
        this._isNewExpected = this._process !== null;
        this._speaker.reset();
        this._restarted.emit();
      });
    }
    this._isRestarting = isRestarting;
    const isFlip = changed === 'idle' || changed === 'busy';
    if (!isFlip || !this._speaker.isXeus) {
      this._statusChanged.emit();
    }
  }

  private _process: string | null = null;
  /** Whether the next process is the one of a restart that has been told already. */
  private _isNewExpected = false;
  private readonly _speaker = new Speaker((...request) =>
    this._request(...request)
  );
  private _isRestarting = false;
  private _isDisposed = false;
  private readonly _replies = new Map<string, (reply: unknown) => void>();
  private readonly _received = new Signal<ITransport, IIncoming>(this);
  private readonly _statusChanged = new Signal<ITransport, void>(this);
  private readonly _restarted = new Signal<ITransport, void>(this);
  private readonly _dropping = new Signal<ITransport, void>(this);
}
