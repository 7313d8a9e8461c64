/* global document -- a function that runs in the page */
/**
 * The first cell after a restart of its kernel: how long until its output stands in the notebook, in a page
 * that is signed in, and in one without our extension. The agent is installed ahead of that cell.
 */
import assert from 'node:assert/strict';
import { measurePairs, rowOf } from './lab/pairs.mjs';
import { newPage, openLab, signIn, writeNotebook } from './lab/page.mjs';

/** Says which process it ran in, and whether the agent was there. */
const CELL = `
import os, time
print("ran at", time.time(), "in", os.getpid(), "with" if "get_token" in globals() else "without", "agent")
`;

export default async function attach({ short, lab }) {
  const started = await lab();
  const ours = await open(started, true);
  const reference = await open(started, false);
  const pairs = await measurePairs(
    short ? 1 : 20,
    () => firstCell(ours),
    () => firstCell(reference)
  );
  const row = {
    name: 'attach/first-cell',
    unit: 'ms',
    reference_name: 'without the extension'
  };
  return [rowOf(row, pairs)];
}

async function open({ browser, url }, extension) {
  const name = extension ? 'first-cell.ipynb' : 'first-cell-without.ipynb';
  await writeNotebook(url, name, CELL);
  const page = await newPage(browser, { extension });
  await openLab(page, url, name);
  if (extension) {
    await signIn(page);
  }
  // Once, so that what the page loads for the first run doesn't count.
  return { page, extension, last: await run(page) };
}

/** Milliseconds from the restart to the output. */
async function firstCell(notebook) {
  const { page, extension, last } = notebook;
  await page.bringToFront();
  await page.getByRole('menuitem', { name: 'Kernel' }).click();
  await page.getByRole('menuitem', { name: /^Restart Kernel…/ }).click();
  const confirm = page.getByRole('button', { name: 'Confirm Kernel Restart' });
  await confirm.waitFor();
  const start = performance.now();
  // From this request on JupyterLab keeps what is run for the new process.
  await Promise.all([
    page.waitForRequest(/\/api\/kernels\/[^/]+\/restart/),
    confirm.click()
  ]);
  const now = await run(page);
  const took = performance.now() - start;
  assert.ok(now.process !== last.process, 'The kernel was not restarted.');
  assert.ok(
    now.agent === (extension ? 'with' : 'without'),
    `The first cell ran ${now.agent} the agent.`
  );
  notebook.last = now;
  return took;
}

/** Runs the cell and waits for what it says anew. */
async function run(page) {
  const output = page.locator('.jp-Notebook .jp-OutputArea-output');
  const before = (await output.count()) ? await output.innerText() : '';
  await page.locator('.jp-Notebook .cm-content').first().click();
  await page.keyboard.press('Control+Enter');
  const said = await page.waitForFunction(old => {
    const node = document.querySelector('.jp-Notebook .jp-OutputArea-output');
    const text = node?.innerText ?? '';
    return text.includes('ran at') && text.trim() !== old.trim() && text;
  }, before);
  const [, process, agent] = (await said.jsonValue()).match(/in (\d+) (\w+)/);
  return { process, agent };
}
