import { Lab as JupyterLab } from '../../../scripts/start/lab.mjs';
import { freePort } from '../../../scripts/start/ports.mjs';
import { firstPort } from './demo';

const PORTS = 9100;

/** A Jupyter server beside the demo's, with its files and its configuration, that a test may stop. */
export class Server {
  private constructor(
    private readonly _port: number,
    private readonly _settings: string[]
  ) {
    this._lab = this._create();
  }

  /** @param settings - arguments for `jupyter lab`. */
  static async start(settings: string[] = []): Promise<Server> {
    const server = new Server(await freePort(firstPort(PORTS)), settings);
    await server._ready();
    return server;
  }

  /** JupyterLab's address, with the token. */
  get url(): string {
    return this._lab.url;
  }

  /** Stop it and its kernels, and start it again at the same address. */
  async restart(): Promise<void> {
    await this._lab.stop();
    this._lab = this._create();
    await this._ready();
  }

  async stop(): Promise<void> {
    await this._lab.stop();
  }

  private _create(): JupyterLab {
    return new JupyterLab({
      port: this._port,
      browser: false,
      token: 'of-a-server-beside-the-demo',
      log: 'beside',
      settings: this._settings
    });
  }

  private async _ready(): Promise<void> {
    await this._lab.ready(new AbortController().signal);
  }

  private _lab: JupyterLab;
}
