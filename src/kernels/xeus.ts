import { KernelMessage } from '@jupyterlab/services';
import type { Content, Outcome } from './protocol';
import { COMM_ID, CONTENT_KEY, isUnheardHello, readOutcome } from './protocol';

/**
 * How xeus-python is spoken to, which handles no request for comms: see "xeus-python" in `docs/protocol.md`.
 * Our content travels as the code of a `complete_request` on control, and the acknowledgement comes back as
 * its only match.
 */

const PREFIX = `${COMM_ID}:`;
const MIME = 'application/vnd.cdf-auth+json';

/** The content of a `complete_request` from that of a `comm_info_request`. */
function wrap(content: Content): Content {
  return { code: PREFIX + JSON.stringify(content[CONTENT_KEY]), cursor_pos: 0 };
}

/** What a `comm_info_reply` would hold; without an agent, which completes like any code, it holds nothing. */
function unwrap(reply: unknown): unknown {
  const matches = (reply as Content | null)?.['matches'];
  if (!Array.isArray(matches) || matches.length !== 1) {
    return reply === null ? null : {};
  }
  try {
    return { [CONTENT_KEY]: JSON.parse(String(matches[0])) as unknown };
  } catch {
    return {};
  }
}

/** The data of a question, which is an update of a display that nobody has; `undefined` for anything else. */
export function questionIn(msg: KernelMessage.IMessage): unknown {
  if (!KernelMessage.isUpdateDisplayDataMsg(msg)) {
    return undefined;
  }
  const { data, transient } = msg.content as Partial<typeof msg.content>;
  return transient?.display_id === COMM_ID ? data?.[MIME] : undefined;
}

/** What the kernel calls itself in its `kernel_info_reply`. */
const IMPLEMENTATION = 'xeus-python';

/** Sends a request on control, and gives the content of the reply, or `null` when none came in time. */
type Request = (
  msgType: string,
  content: Content,
  timeout: number
) => Promise<unknown>;

/** Says to one kernel what is to be said, in xeus-python's way where it is one. */
export class Speaker {
  constructor(private readonly _request: Request) {}

  /** Whether the kernel is known to be xeus-python. */
  get isXeus(): boolean {
    return this._isXeus;
  }

  /** Whether a cell runs in it, by what it says of cells. */
  get status(): 'idle' | 'busy' | 'unknown' {
    return this._status;
  }

  /** It has a new process. */
  reset(): void {
    this._isXeus = false;
    this._status = 'unknown';
  }

  /**
   * Say `content`; what kind of kernel it is, is asked where nobody acknowledges a greeting.
   *
   * @param timeout - in milliseconds, for each of the messages that this takes.
   */
  async send(content: Content, timeout: number): Promise<unknown> {
    if (!this._isXeus) {
      const reply = await this._request('comm_info_request', content, timeout);
      if (!isUnheardHello(content, reply)) {
        return reply;
      }
      const info = await this._request('kernel_info_request', {}, timeout);
      this._isXeus =
        (info as Content | null)?.['implementation'] === IMPLEMENTATION;
      if (!this._isXeus) {
        return reply;
      }
    }
    return unwrap(
      await this._request('complete_request', wrap(content), timeout)
    );
  }

  /** How an installation went; without IPython, "raw", xeus-python evaluates no expression. */
  readOutcome(content: unknown): Outcome | null {
    const isRaw =
      this._isXeus && (content as Content | null)?.['status'] === 'error';
    return isRaw ? 'kernel' : readOutcome(content);
  }

  /** Shell has answered something, so no cell ran. */
  answered(): void {
    if (this._status === 'unknown') {
      this._status = 'idle';
    }
  }

  /**
   * Take up a message, and tell whether the status has changed by it.
   *
   * xeus-python says "idle" after each message on control as well, in the middle of a cell.
   */
  note(msg: KernelMessage.IMessage): boolean {
    const was = this._status;
    const parent = msg.parent_header as Partial<KernelMessage.IHeader> | null;
    if (msg.channel === 'shell') {
      this.answered();
    } else if (
      KernelMessage.isStatusMsg(msg) &&
      parent?.msg_type === 'execute_request'
    ) {
      this._status = msg.content.execution_state === 'idle' ? 'idle' : 'busy';
    }
    return this._isXeus && this._status !== was;
  }

  private _isXeus = false;
  private _status: 'idle' | 'busy' | 'unknown' = 'unknown';
}
