/** The demo and a browser, for the benchmarks that are measured in JupyterLab. */
import { startDemoProcess } from '../../scripts/common/demo-process.mjs';
import {
  chromium as findChromium,
  CHROMIUM_ARGUMENTS
} from '../../scripts/common/chromium.mjs';

const ARGUMENTS = [
  ...CHROMIUM_ARGUMENTS,
  // A page that was changed on its way counts as one from elsewhere, which may not open a socket to here.
  '--disable-features=LocalNetworkAccessChecks'
];

/** Beside the folder of `npm start`, so that neither finds the other's notebooks. */
const FOLDER = 'demo-bench';

/** Starts when a benchmark first asks for it. */
export class Lab {
  /** @returns {Promise<{browser: import('@playwright/test').Browser, url: string}>} */
  open() {
    this._started ??= start();
    return this._started;
  }

  /** Ends both; who asks afterwards gets new ones. */
  async close() {
    const started = this._started;
    this._started = undefined;
    // Why it did not start has been told to who asked for it.
    const { browser, stop } = (await started?.catch(() => {})) ?? {};
    const pages = browser?.contexts().flatMap(context => context.pages()) ?? [];
    for (const page of pages) {
      // A request that is under way then would be an error that nobody awaits.
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }
    await browser?.close();
    await stop?.();
  }

  _started;
}

async function start() {
  // Here, since the packages may be installed after this module was loaded.
  const { chromium } = await import('@playwright/test');
  const executablePath = await findChromium();
  const { ready, stop } = await startDemoProcess([], FOLDER);
  try {
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    return { browser, url: ready.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
