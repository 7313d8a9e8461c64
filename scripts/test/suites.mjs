/** What `npm test` runs, in this order. Each suite returns its counts. */
import { lint } from '../lint.mjs';
import { measureSize, printSize } from '../size.mjs';
import { chromium } from './chromium.mjs';
import { setup } from '../setup.mjs';
import { check, sum } from './reports.mjs';
import {
  jest,
  nodeTests,
  playwright,
  pytest,
  FILES_SIDE_BY_SIDE,
  SIDE_BY_SIDE,
  types
} from './runners.mjs';

export const suites = {
  lint: async () => {
    const linters = Object.values(await lint());
    return sum([...linters.map(check), await nodeTests('tools', 'test/tools')]);
  },
  types: () => types(['tsconfig.json', 'tsconfig.test.json']),
  unit: () => jest('unit'),
  // MSAL signs in there, in a browser.
  demo: async () =>
    nodeTests('demo', 'test/demo', { CDF_AUTH_CHROMIUM: await chromium() }),
  kernel: async () => {
    await setup({ matrix: true, build: false });
    return pytest('kernel', 'test/kernel', SIDE_BY_SIDE);
  },
  server: () => pytest('server', 'test/server', FILES_SIDE_BY_SIDE),
  packaging: () => pytest('packaging', 'test/packaging'),
  size: async () => {
    const size = await measureSize();
    printSize(size);
    return sum([check(size.isSmall), check(size.isFreeOfMsal)]);
  },
  browser: async () => playwright('browser', 'test/browser', await chromium())
};
