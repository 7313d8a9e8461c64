import type { BrowserContext } from '@playwright/test';
import { Lab, expect, test } from './support/lab';
import { countTokens } from './support/sockets';

const ASKING = 'len(get_token(min_ttl=15)) > 100';

/** A window of its own on the notebook: another tab, with nothing of the first in its memory. */
async function secondTab(context: BrowserContext): Promise<{
  second: Lab;
  count: { readonly tokens: number };
}> {
  const page = await context.newPage();
  return { second: new Lab(page), count: countTokens(page) };
}

test('two tabs on one notebook give one answer to each question, and the other takes over', async ({
  lab
}) => {
  const first = countTokens(lab.page);
  await lab.open('two-tabs.ipynb', [ASKING, ASKING]);
  await lab.signIn('alice');
  const { second, count } = await secondTab(lab.page.context());
  await second.reopen('two-tabs.ipynb');
  await expect(second.kernels).toContainText('ready');
  await second.signIn('bob');
  await second.page.bringToFront();
  expect(await second.run(0)).toContain('True');
  expect([first.tokens, count.tokens]).toEqual([0, 1]);
  // The one that served goes, and the other is told to go on.
  await second.page.close();
  await lab.page.bringToFront();
  await lab.combobox('Project').selectOption('plant-south');
  expect(await lab.run(1)).toContain('True');
  expect(first.tokens).toBe(1);
});

test('a tab that signs out leaves the other one serving', async ({ lab }) => {
  await lab.open('tabs-sign-out.ipynb', [ASKING, ASKING]);
  await lab.signIn('alice');
  const { second, count } = await secondTab(lab.page.context());
  await second.reopen('tabs-sign-out.ipynb');
  await expect(second.kernels).toContainText('ready');
  await second.signIn('bob');
  await lab.page.bringToFront();
  await lab.button('Sign out').click();
  await expect(lab.button('Sign in')).toBeVisible();
  await second.page.bringToFront();
  expect(await second.run(0)).toContain('True');
  expect(count.tokens).toBe(1);
});

test('a tab that is not signed in does not disturb the other', async ({
  lab
}) => {
  const first = countTokens(lab.page);
  await lab.open('tabs-idle.ipynb', [ASKING]);
  await lab.signIn('alice');
  const { second, count } = await secondTab(lab.page.context());
  await second.reopen('tabs-idle.ipynb');
  await expect(second.kernels).toContainText('ready');
  // From the tab without a sign-in: the other one answers.
  expect(await second.run(0)).toContain('True');
  expect([first.tokens, count.tokens]).toEqual([1, 0]);
  await expect(second.panel.getByRole('alert')).toHaveCount(0);
});

test('a second tab that is opened, or reloaded, leaves the kernel with the newer choice of the first', async ({
  lab
}) => {
  const project = 'from cdf_auth import context; context().project';
  const { second } = await secondTab(lab.page.context());
  await second.open('tabs-choice.ipynb', [project, project, project]);
  await second.signIn('alice');
  await second.combobox('Project').selectOption('plant-north');
  expect(await second.run(0)).toContain('plant-north');
  await lab.reopen('tabs-choice.ipynb');
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-south');
  await lab.page.bringToFront();
  expect(await lab.run(1)).toContain('plant-south');
  await second.page.reload();
  await second.page.locator('.jp-Notebook').waitFor();
  await second.showPanel();
  await expect(second.combobox('Project')).toHaveValue('plant-north');
  await expect(second.kernels).toContainText('ready');
  expect(await lab.run(2)).toContain('plant-south');
});

test('a notebook and a console on one kernel are one kernel in the list, and the console goes on when the notebook is closed', async ({
  lab
}) => {
  const count = countTokens(lab.page);
  await lab.open('both.ipynb', ['1 + 1']);
  await lab.signIn('alice');
  await expect(lab.kernels).toContainText('ready');
  await lab.page.locator('.jp-Notebook').click({ button: 'right' });
  await lab.page
    .getByRole('menuitem', { name: 'New Console for Notebook' })
    .click();
  const shown = lab.page.locator('.jp-CodeConsole-content');
  const ask = async (expression: string): Promise<void> => {
    await lab.page.locator('.jp-CodeConsole-promptCell .cm-content').click();
    await lab.page.keyboard.type(expression);
    await lab.page.keyboard.press('Shift+Enter');
  };
  await ask(`"one", ${ASKING}`);
  await expect(shown).toContainText("('one', True)");
  await expect(lab.kernels.getByRole('listitem')).toHaveCount(1);
  expect(count.tokens).toBe(1);
  await expect(lab.kernels).toContainText('both.ipynb, both.ipynb');
  await lab.page.locator('.jp-Notebook').click();
  // Or JupyterLab would ask first.
  await lab.page.keyboard.press('Control+s');
  await expect(lab.page.locator('.jp-mod-dirty')).toHaveCount(0);
  await lab.choose('File', /^Close Tab/);
  await expect(lab.kernels).not.toContainText('both.ipynb, both.ipynb');
  // By then the token has less than the 15 seconds left.
  await ask(`__import__("time").sleep(6) or ("two", ${ASKING})`);
  await expect(shown).toContainText("('two', True)");
  expect(count.tokens).toBe(2);
});

test('a running cell whose window was closed goes on when the same person signs in in a new one', async ({
  lab,
  anotherBrowser
}) => {
  await lab.open('orphan.ipynb', [
    `import time
pauses = []
while not pauses or pauses[-1] < 3 or len(pauses) < 100:
    started = time.time()
    get_token(min_ttl=15)
    pauses.append(time.time() - started)
    time.sleep(0.05)
    if max(pauses) >= 3:
        break`,
    'max(pauses) >= 3'
  ]);
  await lab.signIn('alice');
  await lab.start(0);
  await expect(lab.kernels).toContainText('token used');
  await lab.page.close({ runBeforeUnload: false });
  const again = await anotherBrowser();
  await again.reopen('orphan.ipynb');
  await expect(again.panel).toContainText(
    "orphan.ipynb is waiting for a sign-in that isn't held here."
  );
  await expect(again.kernels).toContainText('waiting for a sign-in');
  await again.signIn('alice');
  await expect(again.kernels).toContainText('token used');
  expect(await again.run(1)).toContain('True');
});
