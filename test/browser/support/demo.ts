import { startDemoProcess } from '../../../scripts/common/demo-process.mjs';
import { freePort } from '../../../scripts/start/ports.mjs';

/** What `npm start` has printed. */
export interface IDemo {
  /** JupyterLab, with its token. */
  url: string;
  /** The identity provider's plain-http address. */
  idp: string;
  /** The first cluster's address. */
  cdf: string;
}

/** Seconds for which the demo's access tokens are good: a minute sees several of them. */
const TOKEN_LIFETIME = 20;

const PORTS = 8950;

/** How many ports from a first one on a worker has for itself. */
const PORTS_OF_A_WORKER = 20;

let started: IDemo | undefined;

/** The demo of this worker, as its tests find it. */
export function demo(): IDemo {
  if (!started) {
    throw new Error('The demo is started by the first test.');
  }
  return started;
}

/** A number that no other worker has at the same time. */
function parallelIndex(): number {
  return Number(process.env['TEST_PARALLEL_INDEX']);
}

/** Where a worker looks for a free port, so that two that start at once don't find the same. */
export function firstPort(ports: number): number {
  return ports + PORTS_OF_A_WORKER * parallelIndex();
}

/** Start a demo for this worker as a user does; resolves to what stops it as a user does. */
export async function startDemo(): Promise<() => Promise<void>> {
  // What else this worker starts finds the demo's folder in the same way.
  const folder = `demo-${parallelIndex()}`;
  process.env['CDF_AUTH_DEMO_FOLDER'] = folder;
  const { ready, stop } = await startDemoProcess(
    [
      '--token-lifetime',
      String(TOKEN_LIFETIME),
      '--port',
      String(await freePort(firstPort(PORTS)))
    ],
    folder
  );
  started = ready;
  return stop;
}
