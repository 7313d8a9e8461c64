import type { IClock } from '../shared/clock';
import type { KernelState } from '../tokens';
import type { IHolder } from './holder';
import type { IAcknowledgement, Outcome } from './protocol';
import * as protocol from './protocol';
import type { ITransport } from './transport';

/** Milliseconds in which a kernel answers on control, whatever it is doing. */
const REPLY_TIMEOUT = 1000;

/** Milliseconds in which a kernel that is up answers nearly always. */
const QUICK_TIMEOUT = 150;

/** Milliseconds in which a kernel that is starting gets to what was queued on shell. */
const START_TIMEOUT = 60_000;

/** Milliseconds for what was queued on shell, before control is tried as well: a cell may be ahead of it. */
const QUEUE_TIMEOUT = 1000;

/** Where the code comes from that installs the agent in a kernel; it is loaded when a kernel needs it. */
export interface IAgentSource {
  /** The code, or `null` while it isn't loaded. */
  readonly code: string | null;
  load(): Promise<string>;
}

/** Why a kernel can't be served, whatever is tried. */
export type Unfit = Extract<
  KernelState,
  'not-python' | 'old-python' | 'no-ipykernel' | 'other-version' | 'failed'
>;

/** The agent's acknowledgement, or why there is none. */
export type Greeted = IAcknowledgement | 'absent' | 'silent' | 'other-version';

const UNFIT: Readonly<Record<Outcome, Unfit | null>> = {
  ok: null,
  python: 'old-python',
  kernel: 'no-ipykernel',
  version: 'other-version',
  failed: 'failed'
};

/** Finds the agent of one kernel, and installs it where there is none. */
export class Finder {
  constructor(
    private readonly _transport: ITransport,
    private readonly _holder: Pick<IHolder, 'id'>,
    private readonly _agent: IAgentSource,
    private readonly _clock: IClock
  ) {}

  /** Why this process of the kernel takes no agent; it gets no more code then. */
  get verdict(): Unfit | null {
    return this._verdict;
  }

  /** The kernel has a new process. */
  reset(): void {
    this._process += 1;
    this._verdict = null;
    this._isQueued = false;
    this._queued = null;
  }

  /**
   * Find the agent, or install it.
   *
   * @param isStale - whether nobody is interested any more.
   */
  async find(isStale: () => boolean): Promise<Greeted | Unfit> {
    const { language } = this._transport;
    if (language !== null && language !== 'python') {
      return 'not-python';
    }
    let found = await this.greet(QUICK_TIMEOUT);
    if (found === 'silent') {
      this.queueInstallation();
      found = await this.greet();
    }
    if (found === 'absent' && this._queued !== null) {
      // It is about to be there: installing it once more beside that would only delay the first cell.
      await this._atMost(this._queued, QUEUE_TIMEOUT);
      if (!isStale()) {
        found = await this.greet();
      }
    }
    // A busy shell would hold the installation back; control can flip the status, so it comes second.
    for (const channel of ['shell', 'control'] as const) {
      if (isStale() || found !== 'absent' || this._verdict !== null) {
        break;
      }
      if (channel === 'control' || this._transport.status === 'idle') {
        await this._install(channel);
        found = await this.greet();
      }
    }
    if (found === 'other-version') {
      this._verdict = found;
    }
    return typeof found === 'string' ? (this._verdict ?? found) : found;
  }

  /** Ask whether the agent is there. */
  async greet(timeout = REPLY_TIMEOUT): Promise<Greeted> {
    const reply = await this._transport.send(
      protocol.hello(this._holder.id),
      timeout
    );
    if (reply === null) {
      return 'silent';
    }
    const acknowledgement = protocol.readAcknowledgement(reply);
    if (acknowledgement?.code === 'version') {
      return 'other-version';
    }
    return acknowledgement?.ok ? acknowledgement : 'absent';
  }

  /**
   * In a kernel that is starting, queue the installation on shell, ahead of the first cell: by the time that
   * the control channel answers, that cell may have run.
   */
  queueInstallation(): void {
    const { status, language } = this._transport;
    const { code } = this._agent;
    if (
      status === 'unknown' &&
      language === 'python' &&
      code !== null &&
      !this._isQueued
    ) {
      this._isQueued = true;
      const queued = this._execute(code, 'shell', START_TIMEOUT).finally(() => {
        if (this._queued === queued) {
          this._queued = null;
        }
      });
      this._queued = queued;
    }
  }

  /** Wait for `work`, but for `timeout` milliseconds at most. */
  private async _atMost(work: Promise<void>, timeout: number): Promise<void> {
    return new Promise(resolve => {
      const stop = this._clock.schedule(resolve, timeout);
      void work.then(() => {
        stop();
        resolve();
      });
    });
  }

  private async _install(channel: 'shell' | 'control'): Promise<void> {
    let code: string;
    try {
      code = await this._agent.load();
    } catch {
      // The server is away; the attempt fails and is repeated.
      return;
    }
    await this._execute(code, channel, REPLY_TIMEOUT);
  }

  private async _execute(
    code: string,
    channel: 'shell' | 'control',
    timeout: number
  ): Promise<void> {
    const process = this._process;
    const outcome = await this._transport.execute(code, channel, timeout);
    if (outcome !== null && process === this._process) {
      this._verdict = UNFIT[outcome];
    }
  }

  /** Counts the kernel's processes, so that what an old one says late doesn't count for the new one. */
  private _process = 0;
  private _verdict: Unfit | null = null;
  /** Whether the installation is queued in this process of the kernel. */
  private _isQueued = false;
  /** Ends when that installation has. */
  private _queued: Promise<void> | null = null;
}
