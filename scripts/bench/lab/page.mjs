/** JupyterLab's page in Chromium, as the benchmarks use it. */
import { chromium } from '@playwright/test';
import { startDemoProcess } from '../../common/demo-process.mjs';
import { chromium as findChromium } from '../../test/chromium.mjs';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page that was changed on its way counts as one from elsewhere, which may not open a socket to here.
  '--disable-features=LocalNetworkAccessChecks'
];

const EXTENSION = 'jupyterlab-cdf-auth';

/** Runs `measure` with the demo and a browser, and ends both. */
export async function withDemo(measure) {
  const { ready, stop } = await startDemoProcess();
  try {
    const browser = await chromium.launch({
      executablePath: await findChromium(),
      args: ARGUMENTS
    });
    try {
      return await measure({ browser, lab: ready.url });
    } finally {
      await browser.close();
    }
  } finally {
    await stop();
  }
}

/**
 * A page that has nothing open yet; without our extension it is the same one in all but that, and comes the
 * same way round.
 *
 * A context of its own: nothing is cached, and nobody is signed in.
 */
export async function newPage(browser, { extension = true } = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const leftOut = extension ? null : EXTENSION;
  await page.route(/\/lab\/workspaces\//, route => change(route, leftOut));
  return page;
}

/** Takes an extension, if any, out of what the page is told to load. */
async function change(route, leftOut) {
  if (route.request().resourceType() !== 'document') {
    return route.fallback();
  }
  const response = await route.fetch();
  const html = await response.text();
  const marked = /(<script id="jupyter-config-data"[^>]*>)(.*?)(<\/script>)/s;
  const body = html.replace(marked, (_, start, text, end) => {
    const config = JSON.parse(text);
    config.federated_extensions = config.federated_extensions.filter(
      ({ name }) => name !== leftOut
    );
    return start + JSON.stringify(config).replaceAll('<', '\\u003c') + end;
  });
  await route.fulfill({ response, body });
}

/** Opens JupyterLab, with a notebook if one is named, and waits until it has been laid out. */
export async function openLab(page, lab, notebook) {
  const url = new URL(lab);
  url.pathname += '/workspaces/bench';
  if (notebook) {
    url.pathname += `/tree/${notebook}`;
  }
  url.searchParams.set('reset', '');
  await page.goto(url.href);
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  if (notebook) {
    await page.locator('.jp-Notebook .cm-content').first().waitFor();
    // What is run before there is a kernel is dropped.
    await page
      .locator('.jp-Notebook-ExecutionIndicator[data-status=idle]')
      .waitFor();
  }
}

/** Signs in as Alice, and waits until the open notebook's kernel is served. */
export async function signIn(page) {
  await page.getByRole('tab', { name: 'Cognite Data Fusion' }).click();
  const panel = page.locator('#cdf-auth-panel');
  const opened = page.waitForEvent('popup');
  await panel.getByRole('button', { name: 'Sign in', exact: true }).click();
  await (await opened).getByRole('link', { name: /alice/ }).click();
  await panel.getByRole('status').getByText('alice@contoso.test').waitFor();
  await panel
    .getByRole('list', { name: 'Kernels' })
    .getByText('ready')
    .waitFor();
}

/** Writes a notebook of one cell. */
export async function writeNotebook(lab, name, source) {
  const cell = {
    id: 'cell',
    cell_type: 'code',
    metadata: {},
    execution_count: null,
    outputs: [],
    source
  };
  const kernelspec = { name: 'python3', display_name: 'Python 3' };
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec },
    cells: [cell]
  };
  const url = new URL(lab);
  url.pathname = url.pathname.replace(/lab$/, `api/contents/${name}`);
  const answer = await fetch(url, {
    method: 'PUT',
    body: JSON.stringify({ type: 'notebook', format: 'json', content })
  });
  if (!answer.ok) {
    throw new Error(`Could not write ${name}: HTTP ${answer.status}`);
  }
}
