import type { Page } from '@playwright/test';
import type { Lab } from './support/lab';
import { expect, setFaults, test } from './support/lab';

/** A string that is in every build of msal-browser and nowhere in our own code. */
const MSAL = 'msal.js.browser';

async function openWindow(lab: Lab): Promise<Page> {
  const opened = lab.page.waitForEvent('popup');
  await lab.button('Sign in').click();
  const popup = await opened;
  await popup.getByRole('link', { name: 'alice@contoso.test' }).waitFor();
  return popup;
}

test('MSAL is loaded by the first sign-in, not a byte of it before', async ({
  lab
}) => {
  const scripts: Promise<string>[] = [];
  lab.page.on('response', response => {
    if (response.url().includes('/jupyterlab-cdf-auth/static/')) {
      scripts.push(response.text());
    }
  });
  await lab.open();
  await lab.button('Sign in').hover();
  const before = await Promise.all(scripts);
  expect(before.length).toBeGreaterThan(0);
  expect(before.filter(text => text.includes(MSAL))).toEqual([]);
  await openWindow(lab);
  const after = await Promise.all(scripts.slice(before.length));
  expect(after.some(text => text.includes(MSAL))).toBe(true);
});

test('a sign-in can be cancelled, and started again', async ({ lab }) => {
  await lab.open();
  const popup = await openWindow(lab);
  const closed = popup.waitForEvent('close');
  await lab.button('Cancel').click();
  await closed;
  await expect(lab.button('Sign in')).toBeVisible();
  await expect(lab.panel.getByRole('alert')).toHaveCount(0);
  await lab.signIn('bob');
});

test('closing the window is noticed, and a second click opens another', async ({
  lab
}) => {
  await lab.open();
  const popup = await openWindow(lab);
  await popup.close();
  await expect(lab.panel).toContainText('seems to be closed');
  await lab.signIn('alice');
});

test('a refusal in the window ends with the words of the provider', async ({
  lab
}) => {
  await lab.open();
  const popup = await openWindow(lab);
  await popup.getByRole('link', { name: 'Cancel' }).click();
  await expect(lab.panel.getByRole('alert')).toContainText('AADSTS65004');
  await lab.signIn('alice');
});

test('a blocked window is said to be one', async ({ lab }) => {
  await lab.open();
  // For some seconds after a person's click a page may open windows: let that time pass, then click in code.
  // All of it in one go, the answer included, because each of Playwright's own questions counts as a click, and
  // MSAL, which is loaded first, would find one to open its window with.
  const devtools = await lab.page.context().newCDPSession(lab.page);
  await devtools.send('Runtime.evaluate', {
    expression: `(async () => {
      const panel = document.querySelector('#cdf-auth-panel');
      while (navigator.userActivation.isActive) {
        await new Promise(requestAnimationFrame);
      }
      panel.querySelector('button.jp-mod-accept').click();
      while (!panel.querySelector('[role="alert"]')) {
        await new Promise(requestAnimationFrame);
      }
    })()`,
    awaitPromise: true,
    userGesture: false
  });
  await expect(lab.panel.getByRole('alert')).toContainText(
    'blocked the sign-in window'
  );
  await lab.signIn('alice');
});

for (const [fault, words] of [
  ['500', 'has a fault (HTTP 500)'],
  ['html', "isn't JSON"],
  ['down', "can't be reached"],
  ['slow', "didn't answer within 15 seconds"]
] as const) {
  test(`a provider whose token endpoint is "${fault}" is explained`, async ({
    lab
  }) => {
    await lab.open();
    await setFaults({ token: fault });
    const popup = await openWindow(lab);
    await popup.getByRole('link', { name: 'alice@contoso.test' }).click();
    const alert = lab.panel.getByRole('alert');
    await expect(alert).toContainText(words, { timeout: 30_000 });
    await expect(alert).not.toContainText(/\bat .*:\d+/);
    await setFaults({ token: null });
    await lab.signIn('alice');
  });
}

test('a provider that is down is named at once', async ({ lab }) => {
  await lab.open();
  await setFaults({ authorize: 'down' });
  await lab.button('Sign in').click();
  await expect(lab.panel.getByRole('alert')).toContainText("can't be reached", {
    timeout: 20_000
  });
  await setFaults({ authorize: null });
  await lab.signIn('alice');
});

test('a reload keeps the sign-in and the project', async ({ lab }) => {
  await lab.open();
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-south');
  await lab.page.reload();
  await lab.page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  await lab.showPanel();
  await expect(lab.status).toContainText('alice@contoso.test');
  await expect(lab.combobox('Project')).toHaveValue('plant-south');
});
