import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { api } from './lab';

/** A kernel as Jupyter's REST API describes it. */
export interface IKernelModel {
  id: string;
  execution_state: string;
  /** ISO 8601; the culler of idle kernels goes by it. */
  last_activity: string;
}

/** A message of a kernel, as far as a test looks at it. */
export interface IMessage {
  channel: string;
  msg_type: string;
  parent_header: { msg_id?: string };
  content: Record<string, unknown>;
}

/** The kernel of a notebook, as it stands; by default on the demo's server. */
export async function kernelOf(
  notebook: string,
  server?: string
): Promise<IKernelModel> {
  const sessions = (await (await fetch(api('sessions', server))).json()) as {
    path: string;
    kernel: IKernelModel;
  }[];
  const found = sessions.find(({ path }) => path === notebook);
  if (!found) {
    throw new Error(`${notebook} has no kernel`);
  }
  const { id } = found.kernel;
  return (await (
    await fetch(api(`kernels/${id}`, server))
  ).json()) as IKernelModel;
}

/** Another client of a kernel: it hears what is published, and can speak to the agent. */
export class Client {
  /** Everything that it has heard, in order. */
  readonly heard: IMessage[] = [];

  private constructor(private readonly _socket: WebSocket) {
    _socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as IMessage;
      this.heard.push(message);
      this._replies.get(message.parent_header.msg_id ?? '')?.(message);
    });
  }

  /** Connect to the kernel of a notebook. */
  static async of(notebook: string, server?: string): Promise<Client> {
    const { id } = await kernelOf(notebook, server);
    const channels = api(`kernels/${id}/channels`, server);
    channels.protocol = 'ws:';
    const socket = new WebSocket(channels);
    const client = new Client(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Everything that it has heard, as text. */
  get traffic(): string {
    return JSON.stringify(this.heard);
  }

  /** Tell the agent something, as a holder does; resolves to its acknowledgement, if there is an agent. */
  async tell(
    op: string,
    fields: object
  ): Promise<Record<string, unknown> | undefined> {
    const header = {
      msg_id: randomUUID(),
      msg_type: 'comm_info_request',
      session: randomUUID(),
      username: 'test',
      version: '5.3',
      date: new Date().toISOString()
    };
    const replied = new Promise<IMessage>(resolve => {
      this._replies.set(header.msg_id, message => {
        if (message.channel === 'control') {
          resolve(message);
        }
      });
    });
    const message = {
      channel: 'control',
      header,
      parent_header: {},
      metadata: {},
      content: { cdf_auth: { v: 1, op, ...fields } },
      buffers: []
    };
    this._socket.send(JSON.stringify(message));
    const { content } = await replied;
    return content['cdf_auth'] as Record<string, unknown> | undefined;
  }

  close(): void {
    this._socket.close();
  }

  private readonly _replies = new Map<string, (message: IMessage) => void>();
}

/** Milliseconds that a kernel has to answer; one that is being restarted doesn't. */
const ANSWERS_WITHIN = 2000;

/** Which agent a notebook's kernel has, `null` where there is none just now. */
export async function instanceOf(notebook: string): Promise<string | null> {
  const client = await Client.of(notebook);
  try {
    const found = await Promise.race([
      client.tell('hello', { holder: 'test' }),
      new Promise<undefined>(resolve =>
        setTimeout(() => resolve(undefined), ANSWERS_WITHIN)
      )
    ]);
    return (found?.['instance'] as string | undefined) ?? null;
  } finally {
    client.close();
  }
}
