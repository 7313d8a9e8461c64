import { Client } from './support/client';
import {
  SHORT,
  api,
  expect,
  setFaults,
  setTokenLifetime,
  test
} from './support/lab';

const LOOP = `
import time
seen = set()
end = time.time() + 60
while len(seen) < 2 and time.time() < end:
    seen.add(str(get_token()))
    time.sleep(0.2)
print(len(seen), "tokens")
`;

test('another client of the kernel, the notebook file and the page see no token', async ({
  lab
}) => {
  await setTokenLifetime(SHORT);
  await lab.open('leaks.ipynb', [
    'get_token()',
    LOOP,
    '[get_token()], vars()["get_token"]'
  ]);
  await lab.signIn('alice');
  const shown = await lab.run(0);
  const client = await Client.of('leaks.ipynb');
  expect(await lab.run(1, 70_000)).toContain('2 tokens');
  await lab.run(2);
  await lab.page.keyboard.press('Control+s');
  await expect(lab.page.locator('.jp-mod-dirty')).toHaveCount(0);
  const { traffic } = client;
  client.close();
  expect(traffic).toContain('"cdf-auth"');
  expect(traffic).toContain('2 tokens');
  for (const text of [shown, traffic, await lab.page.content()]) {
    expect(text).not.toContain('eyJ');
  }
  const file = await (await fetch(api('contents/leaks.ipynb'))).text();
  expect(file).toContain('2 tokens');
  expect(file).not.toContain('eyJ');
});

test('a cell that waits goes on after the sign-in, and the panel names its notebook', async ({
  lab
}) => {
  await lab.open('waiting.ipynb', ['len(get_token()) > 100']);
  await lab.start(0);
  await expect(lab.panel).toContainText('waiting.ipynb is waiting for you.');
  await lab.signIn('alice');
  expect(await lab.output(0)).toContain('True');
  await expect(lab.panel.getByRole('list', { name: 'Kernels' })).toContainText(
    'token used just now'
  );
});

/** A cell that goes on once it is given another token. */
const UNTIL_RENEWED = `import time
before = get_token()
print("has one")
while get_token() == before:
    time.sleep(0.1)
"went on"`;

for (const [fault, words] of [
  ['429', 'AADSTS90055: There are too many incoming requests.'],
  ['html', "answered with something that isn't JSON (HTTP 200)."]
] as const) {
  test(`a cell waits while the token endpoint is "${fault}", and the panel says so`, async ({
    lab
  }) => {
    await setTokenLifetime(SHORT);
    await lab.open('waits.ipynb', [UNTIL_RENEWED]);
    await lab.signIn('alice');
    await lab.start(0);
    await expect(lab.outputArea(0)).toContainText('has one');
    await setFaults({ token: fault });
    await expect(lab.kernels).toContainText('waiting for the sign-in service', {
      timeout: 60_000
    });
    await expect(lab.panel).toContainText('waits.ipynb is waiting.');
    await expect(lab.panel).toContainText(words);
    await expect(lab.cell(0)).toContainText(
      "the sign-in service doesn't answer"
    );
    await setFaults({ token: null });
    expect(await lab.output(0)).toContain('went on');
  });
}

test('a cell waits for a person where a policy blocks the renewal, and the panel names it', async ({
  lab
}) => {
  await setTokenLifetime(SHORT);
  await lab.open('policy.ipynb', [UNTIL_RENEWED]);
  await lab.signIn('alice');
  await lab.start(0);
  await expect(lab.outputArea(0)).toContainText('has one');
  await setFaults({ token: '403' });
  await expect(lab.panel).toContainText(
    'A policy of your organisation blocks this sign-in. AADSTS53003',
    { timeout: 60_000 }
  );
  await expect(lab.panel).not.toContainText('sign-in window');
  await expect(lab.cell(0)).toContainText('a sign-in is needed');
  await setFaults({ token: null });
  await lab.signIn('alice');
  expect(await lab.output(0)).toContain('went on');
});

test('a busy kernel is attached to after a reload, and its running cell gets tokens', async ({
  lab
}) => {
  // The reload loses what the cell prints, so the next cell tells.
  await lab.open('reload.ipynb', [
    `import os, time
while not os.path.exists("reload-done"):
    time.sleep(0.1)
os.remove("reload-done")
length = len(get_token(min_ttl=15))`,
    'length > 100'
  ]);
  await lab.signIn('alice');
  await lab.start(0);
  await lab.page
    .locator('.jp-Notebook-ExecutionIndicator[data-status=busy]')
    .waitFor();
  await lab.page.reload();
  await lab.page.locator('.jp-Notebook').waitFor();
  await lab.showPanel();
  await expect(lab.panel.getByRole('list', { name: 'Kernels' })).toContainText(
    'ready'
  );
  await lab.write('reload-done');
  expect(await lab.run(1)).toContain('True');
});

test('a console is served as well as a notebook', async ({ lab }) => {
  await lab.open('with-console.ipynb', ['1 + 1']);
  await lab.signIn('alice');
  await expect(lab.kernels).toContainText('ready');
  await lab.page.locator('.jp-Notebook').click({ button: 'right' });
  await lab.page
    .getByRole('menuitem', { name: 'New Console for Notebook' })
    .click();
  const prompt = lab.page.locator('.jp-CodeConsole-promptCell .cm-content');
  await prompt.click();
  await lab.page.keyboard.type('len(get_token()) > 100');
  await lab.page.keyboard.press('Shift+Enter');
  await expect(lab.page.locator('.jp-CodeConsole-content')).toContainText(
    'True'
  );
  await expect(
    lab.panel.getByRole('list', { name: 'Kernels' }).getByRole('listitem')
  ).toHaveCount(1);
});
