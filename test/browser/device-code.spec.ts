import { READ_CLAIMS } from './support/claims';
import { instanceOf } from './support/client';
import { approve, closeEverything } from './support/device';
import { DEEP } from './support/deep';
import { Lab, SHORT, api, expect, setTokenLifetime, test } from './support/lab';

/** Seconds for which the cell runs at least; it goes on until it has seen four tokens. */
const LONG = DEEP ? 90 : 0;

const RECORD = `${READ_CLAIMS}
import time

record = []
end = time.time() + ${LONG}
while time.time() < end or len({name for name, _, _ in record}) < 4:
    token = str(get_token())
    c = claims(token)
    record.append((token[-16:], c["exp"] > time.time(), c["preferred_username"]))
    time.sleep(0.2)
open("record-done", "w").close()
`;

const REPORT = `
print(len({name for name, _, _ in record}) >= 4, all(good for _, good, _ in record), {who for _, _, who in record})
`;

test('a cell goes on with fresh tokens when every page is closed', async ({
  lab,
  anotherBrowser
}) => {
  test.setTimeout(240_000);
  await setTokenLifetime(DEEP ? null : SHORT);
  await lab.open('overnight.ipynb', [RECORD, REPORT]);
  await lab.button('Sign in with a device code').click();
  await approve(lab, 'bob');
  await expect(lab.status).toContainText('bob@contoso.test');
  await expect(lab.status).toContainText('Goes on when you close the browser');
  await lab.start(0);
  await lab.page
    .locator('.jp-Notebook-ExecutionIndicator[data-status=busy]')
    .waitFor();
  await closeEverything(lab.page.context());
  await expect
    .poll(async () => (await fetch(api('contents/record-done'))).status, {
      timeout: 120_000
    })
    .toBe(200);
  await fetch(api('contents/record-done'), { method: 'DELETE' });

  const again = await anotherBrowser();
  await again.reopen('overnight.ipynb');
  await expect(again.status).toContainText('bob@contoso.test');
  expect(await again.run(1)).toContain("True True {'bob@contoso.test'}");
  await again.button('Sign out').click();
  await expect(again.button('Sign in')).toBeVisible();
});

test('a context that was pinned to alice in the browser goes on when bob on the server is selected', async ({
  lab
}) => {
  await lab.open('two.ipynb', [
    `${READ_CLAIMS}
from cdf_auth import context

def who(token):
    return claims(token)["preferred_username"]

alices = context()
print(who(alices.get_token()), who(get_token()))`,
    'print(who(alices.get_token(min_ttl=15)), who(get_token(min_ttl=15)))',
    'print(who(alices.get_token(min_ttl=15)), who(get_token(min_ttl=15)))'
  ]);
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain('alice@contoso.test alice@contoso.test');
  await lab.command('Sign In to Cognite Data Fusion with a Device Code');
  await approve(lab, 'bob');
  await expect(lab.status).toContainText('bob@contoso.test');
  expect(await lab.run(1)).toContain('alice@contoso.test bob@contoso.test');
  await lab.button('Use alice@contoso.test').click();
  await expect(lab.status).toContainText('alice@contoso.test');
  expect(await lab.run(2)).toContain('alice@contoso.test alice@contoso.test');
  await lab.button('Use bob@contoso.test').click();
  await lab.button('Sign out').click();
});

test('a device code can be cancelled, and is called off at the provider', async ({
  lab
}) => {
  await lab.open();
  await lab.button('Sign in with a device code').click();
  await expect(lab.panel.getByLabel('Device code')).toBeVisible();
  await expect(lab.panel).toContainText(/1[45]:\d\d left/);
  await lab.button('Cancel').click();
  await expect(lab.button('Sign in with a device code')).toBeVisible();
  await expect(lab.panel.getByRole('alert')).toHaveCount(0);
});

test('a kernel that is killed with no page open gets tokens again after its restart', async ({
  lab,
  anotherBrowser
}) => {
  await lab.open('killed.ipynb', [
    'len(get_token()) > 100',
    `import os, signal, time
while not os.path.exists("kill-now"):
    time.sleep(0.1)
os.remove("kill-now")
os.kill(os.getpid(), signal.SIGKILL)`,
    'len(get_token()) > 100'
  ]);
  await lab.button('Sign in with a device code').click();
  await approve(lab, 'bob');
  await expect(lab.status).toContainText('bob@contoso.test');
  expect(await lab.run(0)).toContain('True');
  const killed = await instanceOf('killed.ipynb');
  await lab.start(1);
  await expect(lab.indicator).toHaveAttribute('data-status', 'busy');
  await closeEverything(lab.page.context());
  await lab.write('kill-now');
  const isBack = async (): Promise<boolean> => {
    const found = await instanceOf('killed.ipynb');
    return found !== null && found !== killed;
  };
  await expect.poll(isBack, { timeout: 60_000 }).toBe(true);
  const again = await anotherBrowser();
  await again.reopen('killed.ipynb');
  expect(await again.run(2, 40_000)).toContain('True');
  await again.button('Sign out').click();
});

test('a sign-in with a device code shows in another window, and so does its end', async ({
  lab
}) => {
  await lab.open();
  const other = new Lab(await lab.page.context().newPage());
  await other.reopen();
  await expect(other.button('Sign in')).toBeVisible();
  await lab.page.bringToFront();
  await lab.button('Sign in with a device code').click();
  await approve(lab, 'bob');
  await other.page.bringToFront();
  await expect(other.status).toContainText('bob@contoso.test');
  await other.button('Sign out').click();
  await expect(other.button('Sign in')).toBeVisible();
  await lab.page.bringToFront();
  await expect(lab.panel.getByRole('alert')).toContainText(
    'no longer holds the sign-in of bob@contoso.test'
  );
  await expect(lab.button('Sign in')).toBeVisible();
});
