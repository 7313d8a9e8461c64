import type { Page } from '@playwright/test';
import { Client, kernelOf } from './client';
import { Lab, expect, test } from './lab';

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

test('while a cell runs, deliveries leave the status busy and the time of the last activity alone', async ({
  lab
}) => {
  await lab.open('status.ipynb', [SILENT]);
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-north');
  await lab.start(0);
  await expect(lab.kernels).toContainText('token used');
  await expect(lab.indicator).toHaveAttribute('data-status', 'busy');
  const seen = await watchIndicator(lab.page);
  const other = await Client.of('status.ipynb');
  const questions = (): number =>
    other.heard.filter(({ msg_type }) => msg_type === 'comm_msg').length;
  // Right after a token there is no question for a while: only what is delivered could move the time.
  const asked = questions();
  await expect.poll(questions, { timeout: 40_000 }).toBeGreaterThan(asked);
  await expect
    .poll(async () => {
      const { session, open } = await other.tell('hello', { holder: 'test' });
      return typeof session === 'string' && (open as unknown[]).length === 0;
    })
    .toBe(true);
  const before = await kernelOf('status.ipynb');
  const count = questions();
  const greeting = await other.tell('hello', { holder: 'test' });
  const pushed = await other.tell('token', {
    id: null,
    instance: greeting['instance'],
    session: greeting['session'],
    scopes: ['test/.default'],
    token: 'a.b.c',
    expires_in: 5,
    lifetime: 5
  });
  expect(pushed).toMatchObject({ ok: true });
  await lab.combobox('Project').selectOption('plant-south');
  await expect
    .poll(async () => (await other.tell('hello', { holder: 'test' }))['since'])
    .not.toBe(greeting['since']);
  const after = await kernelOf('status.ipynb');
  expect(questions()).toBe(count);
  expect(after).toEqual({ ...before, connections: expect.any(Number) });
  expect(after.execution_state).toBe('busy');
  expect(await seen()).toEqual(['busy']);
  other.close();
  await lab.write('status-done');
  await lab.output(0);
  await expect(lab.indicator).toHaveAttribute('data-status', 'idle');
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
