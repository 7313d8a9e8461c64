/** JupyterLab's start in a browser that has nothing cached: with our extension, and without. */
import { measurePairs, rowOf } from './lab/pairs.mjs';
import { checkExtension, newPage, openLab } from './lab/page.mjs';

export default async function startUp({ short, lab }) {
  const { browser, url } = await lab();
  const start = extension => async () => {
    const page = await newPage(browser, { extension });
    const begin = performance.now();
    await openLab(page, url);
    const took = performance.now() - begin;
    await checkExtension(page, extension);
    await page.context().close();
    return took;
  };
  await start(true)();
  const pairs = await measurePairs(short ? 1 : 20, start(true), start(false));
  const row = {
    name: 'start-up/without-extension',
    unit: 'ms',
    reference_name: 'the same page without the extension'
  };
  return [rowOf(row, pairs)];
}
