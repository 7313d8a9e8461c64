/* global localStorage -- functions that run in the page */
/** A notebook in a tab of Chromium, whose session that tab holds. */
import path from 'node:path';
import { openLab, TAB, writeNotebook } from '../bench/lab/page.mjs';
import { Notebook } from './notebook.mjs';
import { Turns } from './turns.mjs';

/** Milliseconds for a click or a page, on a machine that has other things to do. */
const PATIENCE_MS = 20_000;

export class TabNotebook extends Notebook {
  /**
   * @param {string} name
   * @param {string} folder of the records
   * @param {object} options
   * @param {import('./server.mjs').Server} options.server
   * @param {import('@playwright/test').Browser} options.browser
   */
  constructor(name, folder, { server, browser }) {
    super(name, folder, server);
    // The page is one, and a click closes a menu that is open.
    this._turns = new Turns();
    this._browser = browser;
  }

  /** Opens the notebook, and signs in in the window that comes up. */
  async open() {
    await writeNotebook(this._server.url, this.path, this.source);
    this._context = await this._browser.newContext();
    this._context.setDefaultTimeout(PATIENCE_MS);
    await this._context.addInitScript(replaceClock);
    this._page = await this._context.newPage();
    // "Leave this page?", as its outputs aren't saved.
    this._page.on('dialog', dialog => dialog.accept().catch(() => {}));
    await openLab(this._page, this._server.url, this.path);
    await this._page.getByRole('tab', { name: TAB }).click();
    await this._signInByWindow();
  }

  /** Runs the cell for the first time, when its kernel gets tokens. */
  async beginWhenServed() {
    await this._panel
      .getByRole('list', { name: 'Kernels' })
      .getByText('ready')
      .waitFor();
    await this.begin();
  }

  get _panel() {
    return this._page.locator('#cdf-auth-panel');
  }

  /** Loads the page anew; its notebook is open again then. */
  reload() {
    return this._turns.alone(async () => {
      await this._page.reload();
      await this._page
        .locator('#jupyterlab-splash')
        .waitFor({ state: 'detached' });
      await this._page.locator('.jp-Notebook .cm-content').first().waitFor();
    });
  }

  restart() {
    return this._turns.alone(async () => {
      await this._choose(/^Restart Kernel…/);
      await this._page
        .getByRole('button', { name: 'Confirm Kernel Restart' })
        .click();
    });
  }

  /** Signs in again where the panel says that the sign-in has ended; tells what it says. */
  renewSession() {
    return this._turns.alone(async () => {
      if (!(await this._panel.locator('[data-state=ended]').count())) {
        return null;
      }
      const notices = this._panel.locator('.jp-CdfAuth-notice strong');
      const said = await notices.allInnerTexts();
      await this._signInByWindow();
      return said.join(' ');
    });
  }

  /** Opens the notebook in a second tab beside it. */
  async openAnother() {
    const page = await this._context.newPage();
    const url = new URL(this._server.url);
    url.pathname += `/workspaces/another/tree/${this.path}`;
    await page.goto(url.href);
    await page.locator('.jp-Notebook .cm-content').first().waitFor();
    return page;
  }

  /** Sets the clock of the page, which stays set through a reload. */
  async setClock(seconds) {
    const set = ahead => globalThis.setClockOfSoak(ahead);
    // A page that is just being loaded has no context to run this in.
    for (let attempt = 0; ; attempt++) {
      try {
        return await this._page.evaluate(set, seconds * 1000);
      } catch (error) {
        if (attempt === 3) {
          throw error;
        }
        await this._page.waitForLoadState();
      }
    }
  }

  _interrupt() {
    return this._turns.alone(() => this._choose(/^Interrupt Kernel/));
  }

  async _choose(item) {
    await this._dismiss();
    const kernel = { name: 'Kernel', exact: true };
    await this._page.getByRole('menuitem', kernel).first().click();
    await this._page.getByRole('menuitem', { name: item }).click();
  }

  _execute() {
    return this._turns.alone(async () => {
      await this._dismiss();
      await this._page.locator('.jp-Notebook .cm-content').first().click();
      await this._page.keyboard.press('Control+Enter');
    });
  }

  /** Agrees to what JupyterLab says, for example that a kernel was restarted. */
  async _dismiss() {
    const accept = this._page.locator('.jp-Dialog .jp-mod-accept');
    while (await accept.count()) {
      await accept.first().click();
    }
  }

  async _lookAround() {
    const file = path.join(this._folder, `${this.name}-${Date.now()}.png`);
    await this._page.screenshot({ path: file });
    const output = this._page.locator('.jp-Notebook .jp-OutputArea-output');
    const [said = 'nothing'] = (await output.allInnerTexts()).slice(-1);
    const kernel = await super._lookAround();
    return `${kernel}, the cell says ${JSON.stringify(said.slice(-200))}; ${file}`;
  }

  async _signInByWindow() {
    const [window] = await Promise.all([
      this._page.waitForEvent('popup'),
      this._panel.getByRole('button', { name: 'Sign in', exact: true }).click()
    ]);
    await window.getByRole('link', { name: /alice/ }).click();
    const status = this._panel.locator('[data-state=active]');
    await status.getByText('alice@').waitFor();
  }

  async close() {
    await this._context?.close();
  }
}

/** In each page: a clock that can be set, as `localStorage` says. */
function replaceClock() {
  const Native = Date;
  const KEY = 'clock-of-soak';
  let ahead = 0;
  try {
    ahead = Number(localStorage.getItem(KEY));
  } catch {
    // A frame without a storage has the real time.
  }
  const now = () => Native.now() + ahead;
  globalThis.Date = new Proxy(Native, {
    apply: () => new Native(now()).toString(),
    construct: (target, parts, newTarget) =>
      Reflect.construct(target, parts.length ? parts : [now()], newTarget),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name))
  });
  globalThis.setClockOfSoak = milliseconds => {
    ahead = milliseconds;
    localStorage.setItem(KEY, String(milliseconds));
  };
}
