/* global document -- a function that runs in the page */
/**
 * The first cell after a restart of its kernel: how long until its output stands in the notebook, in a page
 * that is signed in, and in one without our extension. The agent is installed ahead of that cell.
 */
import process from 'node:process';
import { measurePairs, rowOf } from './lab/pairs.mjs';
import {
  newPage,
  openLab,
  signIn,
  withDemo,
  writeNotebook
} from './lab/page.mjs';

const PAIRS = 20;

const CELL = 'import time; print("ran at", time.time())';

export default () => {
  // As users have it: Python keeps what it has compiled.
  delete process.env.PYTHONDONTWRITEBYTECODE;
  return withDemo(async ({ browser, lab }) => {
    const ours = await open(browser, lab, true);
    const reference = await open(browser, lab, false);
    const pairs = await measurePairs(
      PAIRS,
      () => firstCell(ours),
      () => firstCell(reference)
    );
    const row = {
      name: 'attach/first-cell',
      unit: 'ms',
      reference_name: 'without the extension'
    };
    return [rowOf(row, pairs)];
  });
};

async function open(browser, lab, extension) {
  const name = extension ? 'first-cell.ipynb' : 'first-cell-without.ipynb';
  await writeNotebook(lab, name, CELL);
  const page = await newPage(browser, { extension });
  await openLab(page, lab, name);
  if (extension) {
    await signIn(page);
  }
  // Once, so that what the page loads for the first run doesn't count.
  await run(page);
  return page;
}

/** Milliseconds from the restart to the output. */
async function firstCell(page) {
  await page.bringToFront();
  await page.getByRole('menuitem', { name: 'Kernel' }).click();
  await page.getByRole('menuitem', { name: /^Restart Kernel…/ }).click();
  const confirm = page.getByRole('button', { name: 'Confirm Kernel Restart' });
  await confirm.waitFor();
  const start = performance.now();
  await confirm.click();
  await run(page);
  return performance.now() - start;
}

/** Runs the cell and waits for what it says anew. */
async function run(page) {
  const output = page.locator('.jp-Notebook .jp-OutputArea-output');
  const before = (await output.count()) ? await output.innerText() : '';
  await page.locator('.jp-Notebook .cm-content').first().click();
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(old => {
    const node = document.querySelector('.jp-Notebook .jp-OutputArea-output');
    const text = node?.innerText ?? '';
    return text.includes('ran at') && text.trim() !== old.trim();
  }, before);
}
