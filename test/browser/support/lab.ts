import type { BrowserContext, Locator, Page } from '@playwright/test';
import { expect, test as base } from '@playwright/test';
import type { IDemo } from './demo';
import { demo, startDemo } from './demo';

/** One of the demo's users. */
export type User = 'alice' | 'bob';

/** JupyterLab as a person uses it: clicks, keys, and what stands on the screen. */
export class Lab {
  constructor(
    readonly page: Page,
    private readonly _url = demo().url
  ) {}

  get panel(): Locator {
    return this.page.locator('#cdf-auth-panel');
  }

  get status(): Locator {
    return this.panel.getByRole('status');
  }

  /** The panel's list of kernels. */
  get kernels(): Locator {
    return this.panel.getByRole('list', { name: 'Kernels' });
  }

  /** The notebook's light that says whether its kernel is busy. */
  get indicator(): Locator {
    return this.page.locator('.jp-Notebook-ExecutionIndicator:visible');
  }

  button(name: string): Locator {
    return this.panel.getByRole('button', { name, exact: true });
  }

  combobox(name: string): Locator {
    return this.panel.getByRole('combobox', { name });
  }

  /** Open JupyterLab, or a notebook that is written first, cell by cell. */
  async open(
    name?: string,
    cells: string[] = [],
    kernel = 'python3'
  ): Promise<void> {
    if (name) {
      await this._write(name, cells, kernel);
    }
    await this.reopen(name);
  }

  /** Open JupyterLab, or a notebook as it is. */
  async reopen(name?: string): Promise<void> {
    const url = new URL(this._url);
    // A workspace of its own: nothing of another test is open in it.
    const workspace = `w${Date.now()}${Math.floor(Math.random() * 1e6)}`;
    url.pathname = url.pathname.replace(/lab$/, `lab/workspaces/${workspace}`);
    if (name) {
      url.pathname += `/tree/${name}`;
    }
    await this.page.goto(url.href);
    await this.page.locator('#jp-main-dock-panel').waitFor();
    await this.page
      .locator('#jupyterlab-splash')
      .waitFor({ state: 'detached' });
    await this.showPanel();
    if (name) {
      await this.page.locator('.jp-Notebook').waitFor();
      // JupyterLab drops what is run before there is a kernel, though it may still be starting. Its toolbar
      // names the kernel too early.
      await expect(this.kernels).toContainText(name);
    }
  }

  async showPanel(): Promise<void> {
    const tab = this.page.getByRole('tab', { name: 'Cognite Data Fusion' });
    // A layout that is being restored may open it meanwhile, and then a click closes it.
    await expect(async () => {
      if (!(await this.panel.isVisible())) {
        await tab.click();
      }
      await this.panel.waitFor({ timeout: 1000 });
    }).toPass({ timeout: 30_000 });
  }

  /** Sign in by the panel, the sign-in window and a click on the user. */
  async signIn(user: User): Promise<void> {
    const opened = this.page.waitForEvent('popup');
    await this.button('Sign in').click();
    const popup = await opened;
    await popup.getByRole('link', { name: `${user}@contoso.test` }).click();
    await expect(this.status).toContainText(`${user}@contoso.test`);
  }

  cell(index: number): Locator {
    return this.page.locator('.jp-Notebook .jp-CodeCell').nth(index);
  }

  /** Where the cell prints and shows, without its source. */
  outputArea(index: number): Locator {
    return this.cell(index).locator('.jp-Cell-outputArea');
  }

  /** Start the cell with Shift-Enter, as a person would. */
  async start(index: number): Promise<void> {
    // Or `output` would take the end of an earlier run for that of this one.
    await this._prompt(index).evaluate(node => {
      node.textContent = '';
    });
    await this.cell(index).locator('.cm-content').click();
    await this.page.keyboard.press('Shift+Enter');
  }

  /** What the cell has printed and shown, once it has ended. */
  async output(index: number, timeout = 40_000): Promise<string> {
    await expect(this._prompt(index)).toHaveText(/\[\d+\]:/, { timeout });
    return this.outputArea(index).innerText();
  }

  async run(index: number, timeout?: number): Promise<string> {
    await this.start(index);
    return this.output(index, timeout);
  }

  /** Run a command by its name in the palette. */
  async command(label: string): Promise<void> {
    await this.page.keyboard.press('Control+Shift+C');
    const palette = this.page.locator('#modal-command-palette');
    await palette.getByPlaceholder('SEARCH').fill(label);
    await palette.getByRole('menuitem', { name: label, exact: true }).click();
  }

  /** Choose from JupyterLab's menu. */
  async choose(menu: string, item: RegExp): Promise<void> {
    await this.page
      .getByRole('menuitem', { name: menu, exact: true })
      .first()
      .click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Restart the kernel from the menu of the kernel, and confirm. */
  async restartKernel(): Promise<void> {
    await this.choose('Kernel', /^Restart Kernel…/);
    await this.page
      .getByRole('button', { name: 'Confirm Kernel Restart' })
      .click();
  }

  /** Write a file beside the notebooks, for which a cell may wait. */
  async write(name: string): Promise<void> {
    const model = { type: 'file', format: 'text', content: '' };
    // The cell may have taken it away again before the server describes it in its answer.
    await this._put(name, model, [404]);
  }

  private _prompt(index: number): Locator {
    return this.cell(index).locator('.jp-InputPrompt').first();
  }

  private async _write(
    name: string,
    cells: string[],
    kernel: string
  ): Promise<void> {
    const content = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: kernel, display_name: kernel } },
      cells: cells.map((source, index) => ({
        id: `cell-${index}`,
        cell_type: 'code',
        metadata: {},
        execution_count: null,
        outputs: [],
        source
      }))
    };
    await this._put(name, { type: 'notebook', format: 'json', content });
  }

  private async _put(
    name: string,
    model: object,
    accepted: number[] = []
  ): Promise<void> {
    const answer = await fetch(api(`contents/${name}`), {
      method: 'PUT',
      body: JSON.stringify(model)
    });
    if (!answer.ok && !accepted.includes(answer.status)) {
      throw new Error(`Could not write ${name}: HTTP ${answer.status}`);
    }
  }
}

/** An address of Jupyter's REST API, with the token in it. */
export function api(path: string, server = demo().url): URL {
  const url = new URL(server);
  url.pathname = url.pathname.replace(/lab$/, `api/${path}`);
  return url;
}

/**
 * `test` with a JupyterLab to use. The demo is started once for each worker; what a test
 * has changed in it is put back.
 */
export const test = base.extend<
  { lab: Lab; anotherBrowser: () => Promise<Lab>; restoredDemo: IDemo },
  { startedDemo: IDemo }
>({
  startedDemo: [
    async ({}, use) => {
      const stop = await startDemo();
      await use(demo());
      await stop();
    },
    { scope: 'worker', auto: true, timeout: 120_000 }
  ],
  restoredDemo: [
    async ({ startedDemo }, use) => {
      await use(startedDemo);
      await setTokenLifetime(null);
      await setFaults({ discovery: null, authorize: null, token: null });
      await setFaults({ inspect: null, timeseries: null }, startedDemo.cdf);
      await endServerSessions();
      await shutDownKernels();
    },
    { auto: true }
  ],
  lab: async ({ page }, use) => {
    await use(new Lab(page));
  },
  // One that was closed and is opened again, or somebody else's.
  anotherBrowser: async ({ browser }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      return new Lab(await context.newPage());
    });
    await Promise.all(contexts.map(context => context.close()));
  }
});

/** What a test leaves on the server would greet the next one. */
async function endServerSessions(): Promise<void> {
  const url = api('../cdf-auth/sessions');
  const { sessions } = (await (await fetch(url)).json()) as {
    sessions: { id: string }[];
  };
  for (const { id } of sessions) {
    await fetch(api(`../cdf-auth/sessions/${id}`), { method: 'DELETE' });
  }
}

/** A page that is closed leaves its kernels running, and thirty idle ones slow down the rest. */
async function shutDownKernels(): Promise<void> {
  const sessions = (await (await fetch(api('sessions'))).json()) as {
    id: string;
  }[];
  await Promise.all(
    sessions.map(({ id }) => fetch(api(`sessions/${id}`), { method: 'DELETE' }))
  );
}

/** Make the demo's provider, or its CDF, misbehave. */
export async function setFaults(
  faults: Record<string, string | null>,
  base = demo().idp
): Promise<void> {
  await command('faults', faults, base);
}

/** Seconds for which a test's tokens are good if it waits for several of them. */
export const SHORT = 8;

/** Have the demo's provider make tokens that are good for so many seconds; `null` puts it back. */
export async function setTokenLifetime(seconds: number | null): Promise<void> {
  await command('lifetime', { seconds }, demo().idp);
}

async function command(
  name: string,
  body: object,
  base: string
): Promise<void> {
  const answer = await fetch(new URL(`/__demo/${name}`, base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  });
  if (!answer.ok) {
    throw new Error(`The demo refused ${name}: ${JSON.stringify(body)}`);
  }
}

export { demo, expect };
