import { expect, test } from './support/lab';

const TOKEN = 'len(get_token()) > 100';

test('the first cell of a kernel that is just starting gets a token', async ({
  lab
}) => {
  await lab.open();
  await lab.signIn('alice');
  // A page that is left while it renews loses the new refresh token, and the demo takes each one once.
  await expect(lab.combobox('Project')).toContainText('plant-north');
  await lab.open('starting.ipynb', [TOKEN]);
  expect(await lab.run(0)).toContain('True');
});

test('the cell that is run right after a restart gets a token', async ({
  lab
}) => {
  await lab.open('restarted.ipynb', [TOKEN]);
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain('True');
  for (let restart = 0; restart < 3; restart++) {
    await lab.restartKernel();
    expect(await lab.run(0)).toContain('True');
  }
});

test('a kernel that is killed, and started again by the server, is served', async ({
  lab
}) => {
  await lab.open('killed-open.ipynb', [
    TOKEN,
    'import os, signal; os.kill(os.getpid(), signal.SIGKILL)',
    TOKEN
  ]);
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain('True');
  await lab.start(1);
  await lab.page.getByRole('button', { name: 'Ok', exact: true }).click();
  await expect(lab.kernels).toContainText('ready');
  expect(await lab.run(2, 40_000)).toContain('True');
});

test('a cell that waits for a sign-in can be interrupted, and the next one is served', async ({
  lab
}) => {
  await lab.open('interrupted.ipynb', ['get_token()', TOKEN]);
  await lab.start(0);
  await expect(lab.panel).toContainText('is waiting for you');
  await lab.choose('Kernel', /^Interrupt Kernel/);
  expect(await lab.output(0)).toContain('KeyboardInterrupt');
  await expect(lab.panel).not.toContainText('is waiting for you');
  await lab.signIn('alice');
  expect(await lab.run(1)).toContain('True');
});

test('an interrupted loop leaves the kernel served', async ({ lab }) => {
  await lab.open('interrupted-loop.ipynb', [
    'import time\nwhile True:\n    get_token(min_ttl=15)\n    time.sleep(0.1)',
    TOKEN
  ]);
  await lab.signIn('alice');
  await lab.start(0);
  await expect(lab.kernels).toContainText('token used');
  await lab.choose('Kernel', /^Interrupt Kernel/);
  expect(await lab.output(0)).toContain('KeyboardInterrupt');
  expect(await lab.run(1)).toContain('True');
});

test('a kernel that was shut down leaves the list, and the next one is served', async ({
  lab
}) => {
  await lab.open('shut-down.ipynb', [TOKEN]);
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain('True');
  await lab.choose('Kernel', /^Shut Down Kernel/);
  await expect(lab.kernels.getByRole('listitem')).toHaveCount(0);
  await lab.choose('Kernel', /^Change Kernel…/);
  await lab.page.getByRole('button', { name: 'Select Kernel' }).click();
  await expect(lab.kernels).toContainText('ready');
  expect(await lab.run(0)).toContain('True');
});

test('another kernel that is chosen for the notebook is served', async ({
  lab
}) => {
  await lab.open('changed.ipynb', [`import os; print(os.getpid(), ${TOKEN})`]);
  await lab.signIn('alice');
  const before = await lab.run(0);
  expect(before).toContain('True');
  await lab.choose('Kernel', /^Change Kernel…/);
  const dialog = lab.page.locator('.jp-Dialog');
  await dialog
    .locator('select')
    .selectOption({ label: 'Python 3 (ipykernel)' });
  await dialog.getByRole('button', { name: 'Select Kernel' }).click();
  await expect(lab.kernels).toContainText('ready');
  const after = await lab.run(0);
  expect(after).toContain('True');
  expect(after).not.toBe(before);
});
