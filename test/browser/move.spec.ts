import { READ_CLAIMS } from './support/claims';
import { approve, closeEverything } from './support/device';
import { Lab, SHORT, api, expect, setTokenLifetime, test } from './support/lab';

const KEEP = 'Keep this running when I close the browser';

/** Each call is a question; the file is written when the server's session has given three tokens. */
const WATCH = `${READ_CLAIMS}
import time
from cdf_auth import context

pinned = context()
first = claims(str(get_token()))["azp"]
tokens, failures, projects = {}, [], set()
end = time.time() + 120
while time.time() < end:
    try:
        for token in (get_token(min_ttl=4), pinned.get_token(min_ttl=4)):
            tokens[str(token)] = c = claims(str(token))
            assert c["exp"] > time.time()
    except Exception as error:
        failures.append(repr(error))
    projects.add(context().project)
    if sum(c["azp"] != first for c in tokens.values()) >= 3:
        break
    time.sleep(0.2)
open("moved-done", "w").close()
`;

const REPORT = `
print(sum(c["azp"] != first for c in tokens.values()) >= 3, failures, projects)
print({c["preferred_username"] for c in tokens.values()}, context().project)
`;

async function begin(lab: Lab): Promise<void> {
  await lab.button(KEEP).click();
  await expect(lab.panel.getByRole('group', { name: KEEP })).toContainText(
    'alice@contoso.test'
  );
  await lab.button('Get a code').click();
}

test('a running cell goes on when its sign-in is moved and the browser is closed', async ({
  lab,
  anotherBrowser
}) => {
  test.setTimeout(240_000);
  await setTokenLifetime(SHORT);
  await lab.open('moved.ipynb', [WATCH, REPORT]);
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-south');
  await lab.start(0);
  await lab.page
    .locator('.jp-Notebook-ExecutionIndicator[data-status=busy]')
    .waitFor();
  await expect(lab.kernels).toContainText('token used');
  const ofAlice = (): Promise<string[]> =>
    lab.page.evaluate(() =>
      Object.keys(sessionStorage).filter(key => /refreshtoken/i.test(key))
    );
  expect(await ofAlice()).toHaveLength(1);
  await begin(lab);
  await approve(lab, 'alice');
  await expect(lab.status).toContainText('Goes on when you close the browser');
  await expect(lab.status).toContainText('alice@contoso.test');
  await expect(lab.combobox('Project')).toHaveValue('plant-south');
  await expect(lab.button(KEEP)).toHaveCount(0);
  await expect(
    lab.panel.getByRole('list', { name: 'Other accounts' })
  ).toHaveCount(0);
  // All kernels have heard, so nothing of hers is left in this tab.
  await expect.poll(ofAlice).toEqual([]);
  await closeEverything(lab.page.context());
  await expect
    .poll(async () => (await fetch(api('contents/moved-done'))).status, {
      timeout: 120_000,
      intervals: [1000]
    })
    .toBe(200);
  await fetch(api('contents/moved-done'), { method: 'DELETE' });

  const again = await anotherBrowser();
  await again.reopen('moved.ipynb');
  await expect(again.status).toContainText('alice@contoso.test');
  await expect(again.status).toContainText(
    'Goes on when you close the browser'
  );
  const report = await again.run(1);
  expect(report).toContain("True [] {'plant-south'}");
  expect(report).toContain("{'alice@contoso.test'} plant-south");
  await again.button('Sign out').click();
  await expect(again.button('Sign in')).toBeVisible();
});

test('somebody else moves nothing, and the panel says who signed in', async ({
  lab
}) => {
  await lab.open('not-moved.ipynb', ['len(get_token(min_ttl=15)) > 100']);
  await lab.signIn('alice');
  await begin(lab);
  await expect(lab.panel).toContainText('Sign in there as alice@contoso.test');
  await approve(lab, 'bob');
  const alert = lab.panel.getByRole('alert');
  await expect(alert).toContainText('bob@contoso.test has signed in');
  await expect(alert).toContainText("alice@contoso.test's");
  await expect(lab.status).toContainText('alice@contoso.test');
  await expect(lab.status).toContainText('while this tab is open');
  expect(await lab.run(0)).toContain('True');
});

test('a move can be thought over, and cancelled', async ({ lab }) => {
  await lab.open('kept.ipynb', ['len(get_token(min_ttl=15)) > 100']);
  await lab.signIn('alice');
  await lab.button(KEEP).click();
  await lab.button('Not now').click();
  await begin(lab);
  await expect(lab.panel.getByLabel('Device code')).toBeVisible();
  // Meanwhile this tab goes on answering.
  expect(await lab.run(0)).toContain('True');
  await lab.button('Cancel').click();
  await expect(lab.status).toContainText('while this tab is open');
  await expect(lab.panel.getByRole('alert')).toHaveCount(0);
});

test('a reload after the move doesn’t bring the old session back', async ({
  lab
}) => {
  await lab.open('reloaded.ipynb', ['len(get_token(min_ttl=15)) > 100']);
  await lab.signIn('alice');
  await begin(lab);
  await approve(lab, 'alice');
  await expect(lab.status).toContainText('Goes on when you close the browser');
  await lab.page.reload();
  await lab.showPanel();
  await expect(lab.status).toContainText('Goes on when you close the browser');
  await expect(
    lab.panel.getByRole('list', { name: 'Other accounts' })
  ).toHaveCount(0);
  expect(await lab.run(0)).toContain('True');
  await lab.button('Sign out').click();
});
