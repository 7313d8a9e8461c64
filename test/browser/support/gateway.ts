import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { firstPort } from './demo';
import { envBin } from '../../../scripts/common/paths.mjs';
import { freePort } from '../../../scripts/start/ports.mjs';
import { labVariables, notebooks } from '../../../scripts/start/workspace.mjs';

const PORTS = 9300;

const TOKEN = 'of-the-gateway';

/** A real kernel gateway, whose kernels run beside the notebooks. */
export class Gateway {
  private constructor(private readonly _port: number) {
    this._process = this._spawn();
  }

  static async start(): Promise<Gateway> {
    const gateway = new Gateway(await freePort(firstPort(PORTS)));
    await gateway._ready();
    return gateway;
  }

  /** Arguments for a Jupyter server whose kernels this gateway keeps. */
  get settings(): string[] {
    return [
      `--gateway-url=http://127.0.0.1:${this._port}`,
      `--GatewayClient.auth_token=${TOKEN}`
    ];
  }

  /** End it and its kernels, and start it again at the same address. */
  async restart(): Promise<void> {
    await this.stop();
    this._process = this._spawn();
    await this._ready();
  }

  async stop(): Promise<void> {
    const ended = once(this._process, 'exit');
    this._process.kill('SIGTERM');
    await ended;
  }

  private _spawn(): ChildProcessByStdio<null, null, Readable> {
    return spawn(
      envBin('lab', 'jupyter'),
      [
        'kernelgateway',
        `--KernelGatewayApp.port=${this._port}`,
        '--KernelGatewayApp.port_retries=0',
        '--JupyterWebsocketPersonality.list_kernels=True'
      ],
      {
        cwd: notebooks(),
        env: { ...labVariables(), KG_AUTH_TOKEN: TOKEN },
        stdio: ['ignore', 'ignore', 'pipe']
      }
    );
  }

  private async _ready(): Promise<void> {
    // What it writes later is thrown away, but must be taken.
    const output = this._process.stderr;
    await new Promise<void>((resolve, reject) => {
      output.on('data', text => {
        if (String(text).includes('is available at')) {
          resolve();
        }
      });
      output.once('end', () => reject(new Error('The gateway has ended.')));
    });
  }

  private _process: ChildProcessByStdio<null, null, Readable>;
}
