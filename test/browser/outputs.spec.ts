import type { Locator } from '@playwright/test';
import type { Lab } from './support/lab';
import { api, expect, test } from './support/lab';

/** A token as the demo's provider gives it, but good for an hour, so that no test has to hurry. */
const LASTING = `
import base64, json, time
def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
def lasting():
    claims = {"aud": "https://westeurope-1.cognitedata.com", "exp": time.time() + 3600}
    return ".".join([part({"alg": "RS256", "typ": "JWT"}), part(claims), "c2lnbmF0dXJl"])
`;

async function save(lab: Lab): Promise<void> {
  await lab.page.keyboard.press('Control+s');
  await saved(lab);
}

const dirty = (lab: Lab): Locator => lab.page.locator('.jp-mod-dirty');

async function saved(lab: Lab): Promise<void> {
  await expect(dirty(lab)).toHaveCount(0);
}

const fileOf = async (name: string): Promise<string> =>
  (await fetch(api(`contents/${name}`))).text();

const notice = (lab: Lab, name: string): Locator =>
  lab.panel.getByRole('alert').filter({ hasText: `${name} is saved with` });

const toast = (lab: Lab): Locator =>
  lab.page.locator('.Toastify__toast').filter({ hasText: 'is saved with' });

test('a token that was printed is named at the save, and cleared on a click', async ({
  lab
}) => {
  // The demo's tokens live for 20 seconds: a fresh one.
  await lab.open('printed.ipynb', ['1 + 1', 'print(get_token(min_ttl=15))']);
  await lab.signIn('alice');
  await lab.run(0);
  expect(await lab.run(1)).toContain('eyJ');
  await save(lab);
  const found = notice(lab, 'printed.ipynb');
  await expect(found).toContainText(/in the output of cell \[\d+\]\./);
  await found.getByRole('button', { name: 'Clear output and save' }).click();
  await expect(found).toHaveCount(0);
  await expect(lab.cell(1).locator('.jp-OutputArea-child')).toHaveCount(0);
  await expect.poll(() => fileOf('printed.ipynb')).not.toContain('eyJ');
  await saved(lab);
  await expect(toast(lab)).toHaveCount(0);
  // What has no token in it is left as it was.
  expect(await lab.output(0)).toContain('2');
});

test('clearing leaves the notebook to be saved; other outputs of the cell stay', async ({
  lab
}) => {
  await lab.open('header.ipynb', [
    `${LASTING}
from IPython.display import display, HTML
display(HTML("<b>a table</b>"))
display({"Authorization": "Bearer " + lasting()})
display(HTML("<b>a plot</b>"))`
  ]);
  await lab.signIn('alice');
  await lab.run(0);
  await save(lab);
  expect(await fileOf('header.ipynb')).toContain('eyJ');
  const found = notice(lab, 'header.ipynb');
  await found
    .getByRole('button', { name: 'Clear output', exact: true })
    .click();
  await expect(dirty(lab)).not.toHaveCount(0);
  await save(lab);
  const file = await fileOf('header.ipynb');
  expect(file).not.toContain('eyJ');
  expect(file).toContain('a table');
  expect(file).toContain('a plot');
  await expect(found).toHaveCount(0);
});

test('what is kept is left alone, and not asked about again', async ({
  lab
}) => {
  await lab.open('kept.ipynb', [`${LASTING}\nprint(lasting())`, '1']);
  await lab.signIn('alice');
  await lab.run(0);
  await save(lab);
  const before = await fileOf('kept.ipynb');
  expect(before).toContain('eyJ');
  // Also where the panel is closed: the same choices, and the same effect.
  await expect(notice(lab, 'kept.ipynb')).toBeVisible();
  await toast(lab).getByRole('button', { name: 'Keep' }).click();
  await expect(notice(lab, 'kept.ipynb')).toHaveCount(0);
  await saved(lab);
  await lab.run(1);
  await save(lab);
  expect(await fileOf('kept.ipynb')).toContain('eyJ');
  // A save is looked at as soon as the page has time; a new output shows that it has been.
  await lab.run(0);
  await save(lab);
  await expect(notice(lab, 'kept.ipynb')).toBeVisible();
  // The cell runs again without a token: nothing is left to be said.
  await lab.cell(0).locator('.cm-content').click();
  await lab.page.keyboard.press('Control+a');
  await lab.page.keyboard.type('2 + 2');
  await lab.start(0);
  await expect(notice(lab, 'kept.ipynb')).toHaveCount(0);
  await expect(toast(lab)).toHaveCount(0);
});

test('a notebook without tokens that work is saved without a word', async ({
  lab
}) => {
  await lab.open('clean.ipynb', [
    'get_token()',
    `${LASTING.replace('+ 3600', '- 1').replace('lasting', 'expired')}
print(expired())`,
    `${LASTING.replace('westeurope-1.cognitedata', 'graph.microsoft')}
print(lasting())`,
    `${LASTING}\nprint(lasting())`
  ]);
  await lab.signIn('alice');
  for (const cell of [0, 1, 2]) {
    await lab.run(cell);
  }
  await save(lab);
  // The next finding is the last cell's alone: the save before was looked at, and nothing was found.
  await lab.run(3);
  await save(lab);
  await expect(notice(lab, 'clean.ipynb')).toContainText(
    /in the output of cell \[\d+\]\./
  );
});

test('two views of a notebook have one notice', async ({ lab }) => {
  await lab.open('views.ipynb', [`${LASTING}\nprint(lasting())`]);
  await lab.signIn('alice');
  await lab.run(0);
  await lab.choose('File', /^New View for Notebook$/);
  await expect(lab.page.locator('.jp-NotebookPanel')).toHaveCount(2);
  await save(lab);
  const found = notice(lab, 'views.ipynb');
  await found
    .getByRole('button', { name: 'Clear output', exact: true })
    .click();
  await expect(found).toHaveCount(0);
  await save(lab);
  await expect.poll(() => fileOf('views.ipynb')).not.toContain('eyJ');
});
