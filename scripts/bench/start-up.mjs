/** JupyterLab's start in a browser that has nothing cached: with our extension, and without. */
import { measurePairs, rowOf } from './lab/pairs.mjs';
import { newPage, openLab, withDemo } from './lab/page.mjs';

const PAIRS = 20;

export default () =>
  withDemo(async ({ browser, lab }) => {
    const start = extension => async () => {
      const page = await newPage(browser, { extension });
      const begin = performance.now();
      await openLab(page, lab);
      const took = performance.now() - begin;
      await page.context().close();
      return took;
    };
    await start(true)();
    const pairs = await measurePairs(PAIRS, start(true), start(false));
    const row = {
      name: 'start-up/without-extension',
      unit: 'ms',
      reference_name: 'the same page without the extension'
    };
    return [rowOf(row, pairs)];
  });
