import type { Page } from '@playwright/test';
import { Client, kernelOf } from './support/client';
import { Lab, SHORT, expect, setTokenLifetime, test } from './support/lab';

/** A cell that gets several tokens and prints nothing until a file appears. */
const SILENT = `
import os, time
while not os.path.exists("status-done"):
    get_token()
    time.sleep(0.1)
os.remove("status-done")
`;

/** Note every status that the notebook's light shows from now on. */
async function watchIndicator(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seenStatus: seen });
    const note = (): void => {
      document
        .querySelectorAll('.jp-Notebook-ExecutionIndicator')
        .forEach(light => seen.push(light.getAttribute('data-status') ?? ''));
    };
    note();
    new MutationObserver(note).observe(document.body, {
      attributeFilter: ['data-status'],
      subtree: true
    });
  });
  return () =>
    page.evaluate(() => [
      ...new Set((window as unknown as { seenStatus: string[] }).seenStatus)
    ]);
}

/** Push a token to the agent that nobody has asked for. */
async function push(other: Client): Promise<void> {
  const greeting = await other.tell('hello', { holder: 'test' });
  const acknowledged = await other.tell('token', {
    id: null,
    instance: greeting?.['instance'],
    session: greeting?.['session'],
    scopes: ['test/.default'],
    token: 'a.b.c',
    expires_in: 5,
    lifetime: 5,
    sent: greeting?.['now']
  });
  expect(acknowledged).toMatchObject({ ok: true });
}

/** Choose a project in the panel, and wait until the agent was told. */
async function switchTo(
  project: string,
  lab: Lab,
  other: Client
): Promise<void> {
  const since = async (): Promise<unknown> =>
    (await other.tell('hello', { holder: 'test' }))?.['since'];
  const before = await since();
  await lab.combobox('Project').selectOption(project);
  await expect.poll(since).not.toBe(before);
}

test('while a cell runs, questions and deliveries leave the status busy', async ({
  lab
}) => {
  await setTokenLifetime(SHORT);
  await lab.open('status.ipynb', [SILENT]);
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-north');
  await lab.start(0);
  await expect(lab.kernels).toContainText('token used');
  const seen = await watchIndicator(lab.page);
  const other = await Client.of('status.ipynb');
  await push(other);
  await switchTo('plant-south', lab, other);
  await expect
    .poll(
      () =>
        other.heard.filter(({ msg_type }) => msg_type === 'comm_msg').length,
      { timeout: 40_000 }
    )
    .toBeGreaterThan(0);
  const kernel = await kernelOf('status.ipynb');
  expect(kernel.execution_state).toBe('busy');
  expect(await seen()).toEqual(['busy']);
  other.close();
  await lab.write('status-done');
  await lab.output(0);
  await expect(lab.indicator).toHaveAttribute('data-status', 'idle');
});

// Of a busy kernel the server counts every message as activity, and culls none.
test('deliveries to an idle kernel leave its status and the time of its last activity alone', async ({
  lab
}) => {
  await lab.open('status-idle.ipynb', ['len(get_token()) > 100']);
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-north');
  expect(await lab.run(0)).toContain('True');
  await expect(lab.indicator).toHaveAttribute('data-status', 'idle');
  const other = await Client.of('status-idle.ipynb');
  const before = await kernelOf('status-idle.ipynb');
  const seen = await watchIndicator(lab.page);
  await push(other);
  await switchTo('plant-south', lab, other);
  await push(other);
  await switchTo('plant-north', lab, other);
  expect(await kernelOf('status-idle.ipynb')).toEqual(before);
  expect(before.execution_state).toBe('idle');
  expect(await seen()).toEqual(['idle']);
  other.close();
});

test('a second window that attaches to a busy kernel leaves its status busy', async ({
  lab
}) => {
  await lab.open('status-two.ipynb', [SILENT]);
  await lab.signIn('alice');
  await lab.start(0);
  await expect(lab.kernels).toContainText('token used');
  const seen = await watchIndicator(lab.page);
  const second = new Lab(await lab.page.context().newPage());
  await second.reopen('status-two.ipynb');
  await expect(second.kernels).toContainText('ready');
  expect((await kernelOf('status-two.ipynb')).execution_state).toBe('busy');
  expect(await seen()).toEqual(['busy']);
  await second.page.close();
  await lab.write('status-done');
  await lab.output(0);
  await expect(lab.indicator).toHaveAttribute('data-status', 'idle');
});
