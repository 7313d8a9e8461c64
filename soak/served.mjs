/** A notebook without a page: its kernel is served by a session of the Jupyter server, and run by REST. */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { Notebook, within } from './notebook.mjs';

const ATTACHED_WITHIN_MS = 30_000;
const SIGNED_IN_WITHIN_MS = 20_000;

export class ServedNotebook extends Notebook {
  /**
   * @param {string} name
   * @param {string} folder of the records
   * @param {object} options
   * @param {import('./server.mjs').Server} options.server
   * @param {string} options.kernel the name of a kernelspec
   * @param {string} [options.profile] whose session it is; else a person signs in
   * @param {(device: object) => Promise<void>} [options.approve] enters the device code
   */
  constructor(name, folder, { server, kernel, profile, approve }) {
    super(name, folder, server);
    this._kernelName = kernel;
    this._profile = profile ?? null;
    this._approve = approve;
  }

  /** Starts its kernel and has it served; again after a new start of the server. */
  async open() {
    await this.startKernel();
    await this.serve();
  }

  async startKernel() {
    const { kernel } = await this._server.ask('POST', 'api/sessions', {
      path: this.path,
      name: this.path,
      type: 'notebook',
      kernel: { name: this._kernelName }
    });
    this._kernel = kernel.id;
  }

  /** Has its kernel served by the session that the server holds, or by a new one. */
  async serve() {
    const session = await this._session();
    const { label, cluster, baseUrl, scopes } = session.connection;
    const where = `cdf-auth/sessions/${session.id}/kernels`;
    await this._server.ask('PUT', where, {
      kernels: [this._kernel],
      context: {
        connection: label,
        ...{ cluster, baseUrl, scopes },
        project: 'plant-south',
        since: new Date().toISOString()
      }
    });
    const isServed = async () =>
      (await this._server.ask('GET', where)).kernels.some(
        ({ id, state }) => id === this._kernel && state === 'attached'
      );
    if (!(await within(ATTACHED_WITHIN_MS, isServed))) {
      throw new Error(`The kernel of ${this.name} isn't served`);
    }
  }

  async restart() {
    await this._server.ask('POST', `api/kernels/${this._kernel}/restart`);
  }

  async _interrupt() {
    await this._server.ask('POST', `api/kernels/${this._kernel}/interrupt`);
  }

  /**
   * Signs in again where the session has ended, as somebody would who reads so in the panel.
   *
   * @returns {Promise<string | null>} why it had ended; `null` where it hasn't
   */
  async renewSession() {
    const { sessions } = await this._server.ask('GET', 'cdf-auth/sessions');
    const own = sessions.find(({ id }) => id === this._sessionId);
    if (own?.status !== 'ended') {
      return null;
    }
    await this._signIn(own.id);
    const { code, message } = own.problem ?? {};
    return code ? `${code}: ${message}` : 'ended';
  }

  async _session() {
    const { sessions } = await this._server.ask('GET', 'cdf-auth/sessions');
    const isOurs = ({ status, profile }) =>
      status === 'active' && (profile?.name ?? profile) === this._profile;
    const session = sessions.find(isOurs) ?? (await this._signIn());
    this._sessionId = session.id;
    return session;
  }

  /** @param {string} [ended] the id of a session that goes on with this sign-in */
  async _signIn(ended) {
    const all = await this._server.ask('GET', 'cdf-auth/connections');
    const connection = { ...all.connections[0] };
    delete connection.project;
    const begun = await this._server.ask('POST', 'cdf-auth/sessions', {
      connection,
      ...(ended && { session: ended }),
      ...(this._profile && { profile: this._profile })
    });
    if (this._profile) {
      return begun;
    }
    await this._approve(begun.device);
    let session;
    const isSignedIn = async () => {
      session = await this._server.ask('GET', `cdf-auth/sessions/${begun.id}`);
      return session.status === 'active';
    };
    if (!(await within(SIGNED_IN_WITHIN_MS, isSignedIn))) {
      throw new Error(`${this.name} isn't signed in, but ${session.status}`);
    }
    return session;
  }

  /** Sends the cell by a websocket of its own, as an editor does, which stays open while the cell runs. */
  async _execute() {
    this._socket?.close();
    const socket = new WebSocket(this._server.channels(this._kernel));
    // What becomes of it shows in the records of the cell.
    socket.on('error', () => {});
    this._socket = socket;
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('close', () => reject(new Error('no websocket')));
    });
    const header = {
      msg_id: randomUUID(),
      msg_type: 'execute_request',
      session: randomUUID(),
      username: '',
      version: '5.3',
      date: new Date().toISOString()
    };
    const content = {
      code: this.source,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true
    };
    const rest = { parent_header: {}, metadata: {}, buffers: [] };
    socket.send(JSON.stringify({ channel: 'shell', header, content, ...rest }));
  }

  close() {
    this._socket?.close();
  }
}
