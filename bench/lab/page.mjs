/** JupyterLab's page in Chromium, as the benchmarks use it. */
import assert from 'node:assert/strict';

const EXTENSION = 'jupyterlab-cdf-auth';

/** The name of its tab in the sidebar. */
export const TAB = 'Cognite Data Fusion';

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
    // JupyterLab drops what is run before there is a kernel, while the notebook's own light is "idle" already.
    await page
      .locator('#jp-main-statusbar')
      .getByText(/ \| Idle$/)
      .waitFor();
  }
}

/** Throws unless the page has loaded the extension and shows its tab, or has done neither. */
export async function checkExtension(page, extension) {
  const scripts = page.locator(`script[src*="/extensions/${EXTENSION}/"]`);
  const tab = page.getByRole('tab', { name: TAB });
  if (extension) {
    await tab.waitFor().catch(() => {
      assert.fail('The page with the extension has no tab of it.');
    });
  }
  const [loaded, shown] = [await scripts.count(), await tab.count()];
  assert.ok(
    Boolean(loaded) === extension && Boolean(shown) === extension,
    `The page ${extension ? 'with' : 'without'} the extension has ${loaded} scripts and ${shown} tabs of it.`
  );
}

/** Signs in as Alice, and waits until the open notebook's kernel is served. */
export async function signIn(page) {
  await page.getByRole('tab', { name: TAB }).click();
  const panel = page.locator('#cdf-auth-panel');
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    panel.getByRole('button', { name: 'Sign in', exact: true }).click()
  ]);
  await popup.getByRole('link', { name: /alice/ }).click();
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
