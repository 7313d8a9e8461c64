/* global window -- functions that run in the page */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { chromium } from '@playwright/test';
import { decodeJwt } from 'jose';
import { startDemo } from '../../demo/index.mjs';
import { listen } from '../../demo/listeners.mjs';
import {
  chromium as findChromium,
  CHROMIUM_ARGUMENTS
} from '../../scripts/common/chromium.mjs';
import { control, lifetime, WEST } from './support.mjs';

/** The application: a page with two buttons, and MSAL's redirect bridge. */
const PAGES = {
  '/lab': `<!doctype html><title>app</title><script src="/msal.js"></script>
<button onclick="run('loginPopup', {prompt: 'select_account'})">Sign in</button>
<button onclick="run('logoutPopup', {})">Sign out</button>
<script>
const run = async (method, request) => {
  const { app, scopes } = await window.ready;
  window.done = app[method]({ scopes, ...request }).catch(error => ({ error: String(error) }));
};
</script>`,
  '/user/alice/cdf-auth/redirect': `<!doctype html><title>bridge</title>
<script src="/bridge.js"></script>
<script>msalRedirectBridge.broadcastResponseToMainFrame();</script>`
};
const SCRIPTS = {
  '/msal.js': 'msal-browser.min.js',
  '/bridge.js': 'redirect-bridge/msal-redirect-bridge.min.js'
};

async function serveApplication() {
  const { resolve } = createRequire(import.meta.url);
  const library = resolve('@azure/msal-browser').replace(/[^/\\]+$/, '');
  return listen(async (req, res) => {
    const { pathname } = new URL(req.url, 'http://localhost');
    const script = SCRIPTS[pathname];
    const body = script ? await readFile(library + script) : PAGES[pathname];
    const type = script ? 'text/javascript' : 'text/html';
    res.writeHead(body ? 200 : 404, { 'content-type': type }).end(body);
  });
}

// Both hosts: with 127.0.0.1 the provider is another site than the page.
for (const host of ['localhost', '127.0.0.1']) {
  describe(`msal-browser with a provider on ${host}`, () => {
    let demo;
    let application;
    let browser;
    let page;
    before(async () => {
      demo = await startDemo({ host, tokenLifetime: 400 });
      application = await serveApplication();
      browser = await chromium.launch({
        executablePath: await findChromium(),
        args: CHROMIUM_ARGUMENTS
      });
      page = await browser.newPage();
      const origin = `http://localhost:${application.port}`;
      await page.goto(`${origin}/lab`);
      await page.evaluate(
        ([{ clientId, authority, metadata }, redirectUri, scope]) => {
          window.ready = window.msal
            .createStandardPublicClientApplication({
              auth: {
                clientId,
                authority,
                knownAuthorities: [new URL(authority).host],
                authorityMetadata: JSON.stringify(metadata),
                redirectUri,
                postLogoutRedirectUri: redirectUri
              }
            })
            .then(app => ({ app, scopes: [scope] }));
          return window.ready.then(() => 1);
        },
        [
          demo.connections[0],
          `${origin}/user/alice/cdf-auth/redirect`,
          `${WEST}/.default`
        ]
      );
    });
    after(async () => {
      await browser?.close();
      await application?.close();
      await demo?.close();
    });

    /** Presses a button; @returns the popup. */
    const press = async name => {
      const popup = page.waitForEvent('popup');
      await page.getByRole('button', { name }).click();
      return popup;
    };
    const renew = () =>
      page.evaluate(async () => {
        const { app, scopes } = await window.ready;
        const [account] = app.getAllAccounts();
        return app
          .acquireTokenSilent({ scopes, account, forceRefresh: true })
          .then(
            ({ accessToken, fromCache }) => ({ accessToken, fromCache }),
            error => ({ error: error.errorCode })
          );
      });

    it('signs in through the popup', async () => {
      const popup = await press('Sign in');
      await popup.getByRole('link', { name: 'alice@contoso.test' }).click();
      const result = await page.evaluate(() => window.done);
      assert.equal(result.error, undefined);
      assert.equal(result.account.username, 'alice@contoso.test');
      assert.equal(decodeJwt(result.accessToken).aud, WEST);
      assert.equal(lifetime(result.accessToken), 400);
    });

    it('renews silently, again and again', async () => {
      const [first, second] = [await renew(), await renew()];
      assert.equal(second.fromCache, false);
      assert.notEqual(first.accessToken, second.accessToken);
      assert.equal(decodeJwt(second.accessToken).name, 'Alice Example');
    });

    it('wants a person once the session is revoked', async () => {
      await control(demo.idp.url, 'revoke', { user: 'alice@contoso.test' });
      const { error } = await renew();
      assert.equal(error, 'login_required');
    });

    it('hears of a cancelled sign-in', async () => {
      const popup = await press('Sign in');
      await popup.getByRole('link', { name: 'Cancel' }).click();
      const { error } = await page.evaluate(() => window.done);
      assert.match(error, /access_denied.*AADSTS65004/);
    });

    it('signs out through the popup', async () => {
      const signIn = await press('Sign in');
      await signIn.getByRole('link', { name: 'bob@contoso.test' }).click();
      await page.evaluate(() => window.done);
      const popup = await press('Sign out');
      if (!popup.isClosed()) {
        await popup.waitForEvent('close');
      }
      assert.equal((await page.evaluate(() => window.done))?.error, undefined);
      const accounts = () =>
        window.ready.then(({ app }) => app.getAllAccounts().length);
      assert.equal(await page.evaluate(accounts), 0);
    });
  });
}
