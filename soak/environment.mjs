/** All that a soak runs in: the demo's provider, a Jupyter server, a browser, and three notebooks. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { APPLICATIONS, TENANT, USERS } from '../demo/catalogue.mjs';
import {
  chromium as findChromium,
  CHROMIUM_ARGUMENTS
} from '../scripts/common/chromium.mjs';
import { envBin } from '../scripts/common/paths.mjs';
import { home, prepareWorkspace } from '../scripts/start/workspace.mjs';
import { Server } from './server.mjs';
import { ServedNotebook } from './served.mjs';
import { TabNotebook } from './tab.mjs';
import { Turns } from './turns.mjs';

/** Seconds for which a token is good. */
const LIFETIME = 6;

const [ALICE, BOB] = USERS;

/** Whose tokens each notebook has to get. */
const ACCOUNTS = {
  alice: ALICE.oid,
  bob: BOB.oid,
  nightly: APPLICATIONS.confidential.objectId
};

/** What calls in each kernel. */
export const WORKERS = { threads: 20, children: 10, tasks: 3 };

export class SoakEnvironment {
  /** The faults that there have been. @type {import('./verdict.mjs').IHappened[]} */
  happened = [];
  /** What the driver couldn't do, as sentences. */
  driverErrors = [];
  /** Who lets the provider misbehave: one fault at a time. */
  provider = new Turns();
  #stopped = new Set();

  /** Makes its folders anew. @param {number} early seconds by which tokens are taken to end earlier, for tests */
  static async create(early = 0) {
    // So that neither finds the other's notebooks, and `npm start` may go on beside it.
    process.env.CDF_AUTH_DEMO_FOLDER = 'demo-soak';
    const environment = new SoakEnvironment();
    await rm(home(), { recursive: true, force: true });
    environment.folder = home('records');
    await mkdir(environment.folder, { recursive: true });
    for (const [kernel, account] of Object.entries(ACCOUNTS)) {
      const config = {
        kernel,
        account,
        tenant: TENANT.id,
        folder: environment.folder,
        ...WORKERS,
        early
      };
      const file = path.join(environment.folder, `${kernel}.json`);
      await writeFile(file, JSON.stringify(config));
    }
    await kernelspec('ipykernel6');
    return environment;
  }

  /** Starts all of it; resolves when the cells run. */
  async open() {
    // Its packages are there after the set-up only.
    const [{ startDemo }, { chromium }] = await Promise.all([
      import('../demo/index.mjs'),
      import('@playwright/test')
    ]);
    const executablePath = await findChromium();
    const launched = chromium.launch({
      executablePath,
      args: CHROMIUM_ARGUMENTS,
      // A signal is ours to act upon: all is closed in its order.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false
    });
    this.demo = await startDemo({ tokenLifetime: LIFETIME, deviceInterval: 1 });
    await prepareWorkspace(this.demo);
    this.server = await Server.create('of-the-soak', this.clockFile('server'));
    const [browser] = await Promise.all([launched, this.server.start()]);
    this.browser = browser;
    const { server, folder } = this;
    const approve = device => this.#approve(device);
    this.notebooks = {
      alice: new TabNotebook('alice', folder, { server, browser }),
      bob: new ServedNotebook('bob', folder, {
        server,
        kernel: 'ipykernel6',
        approve
      }),
      nightly: new ServedNotebook('nightly', folder, {
        server,
        kernel: 'python3',
        profile: 'nightly'
      })
    };
    const { alice, ...others } = this.notebooks;
    const signedIn = alice.open();
    const served = Object.values(others).map(async notebook => {
      // Alice first: a page that finds a session of the server offers that one.
      await Promise.all([notebook.startKernel(), signedIn]);
      await notebook.serve();
      await notebook.begin();
    });
    await Promise.all([
      signedIn.then(() => alice.beginWhenServed()),
      ...served
    ]);
  }

  /** Where all that it writes lies. */
  get home() {
    return home();
  }

  /** Deletes that; after `close`. A process that has just been ended may have been writing. */
  async remove() {
    await rm(home(), { recursive: true, force: true, maxRetries: 5 });
  }

  /** The file that sets the clock of the server or of a kernel. */
  clockFile(target) {
    return path.join(this.folder, `clock-${target}`);
  }

  /** The processes that are meant by a fault's target. */
  async pidsOf(target) {
    if (target === 'server') {
      return [this.server.pid];
    }
    if (target === 'browser') {
      return this.#renderers();
    }
    const [, child, name = target] = /^(child) of (\w+)$/.exec(target) ?? [];
    const notebook = this.notebooks[name];
    const [pid] = child ? await notebook.children() : [await notebook.pid()];
    if (pid === undefined) {
      throw new Error(`There is no process "${target}"`);
    }
    return [pid];
  }

  stop(pid) {
    process.kill(pid, 'SIGSTOP');
    this.#stopped.add(pid);
  }

  goOn(pid) {
    this.#stopped.delete(pid);
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It has been killed.
    }
  }

  /** Lets the provider misbehave; `null` lifts a fault. @param {Record<string, string | null>} faults */
  async setFaults(faults) {
    const answer = await fetch(`${this.demo.idp.url}/__demo/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults)
    });
    if (!answer.ok) {
      throw new Error(`The provider refuses ${JSON.stringify(faults)}`);
    }
  }

  /** Ends the cells, and all that was started. */
  async close() {
    [...this.#stopped].forEach(pid => this.goOn(pid));
    await writeFile(path.join(this.folder, 'over'), '');
    for (const notebook of Object.values(this.notebooks ?? {})) {
      await notebook.close();
    }
    await Promise.all([this.browser?.close(), this.server?.stop()]);
    await this.demo?.close();
  }

  /** The processes that Chromium runs pages in. */
  async #renderers() {
    const session = await this.browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => id);
  }

  /** Bob enters a device code, in another window. */
  async #approve({ verificationUri, userCode }) {
    const page = await this.browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(verificationUri);
    await page.getByRole('textbox').fill(userCode);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: BOB.address }).click();
    await page.getByRole('link', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'You have signed in' }).waitFor();
    await page.close();
  }
}

/** Lets Jupyter start kernels of another environment. */
async function kernelspec(name) {
  const folder = home('data', 'kernels', name);
  await mkdir(folder, { recursive: true });
  const argv = [
    envBin(`kernel-${name}`, 'python'),
    ...['-m', 'ipykernel_launcher', '-f', '{connection_file}']
  ];
  const spec = { argv, display_name: name, language: 'python' };
  await writeFile(path.join(folder, 'kernel.json'), JSON.stringify(spec));
}
