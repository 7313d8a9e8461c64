/** What `npm test` runs. Each suite returns its counts; `deep` asks for its long form. */
import { lint } from '../lint.mjs';
import { measureSize, printSize } from '../size.mjs';
import { chromium } from '../common/chromium.mjs';
import { setup } from '../setup.mjs';
import { LONG, SHORT } from '../../soak/plan.mjs';
import { soak } from '../../soak/run.mjs';
import { whyNotHere } from '../../soak/samples.mjs';
import { benchmarks } from './benchmarks.mjs';
import { check, notForThisSystem, sum } from './reports.mjs';
import {
  jest,
  nodeTests,
  playwright,
  playwrightAgain,
  pytest,
  pytestAgain,
  types,
  FILES_SIDE_BY_SIDE,
  SIDE_BY_SIDE
} from './runners.mjs';

const BROWSER = 'test/browser';

export const suites = {
  lint: async () => {
    const linters = Object.values(await lint());
    return sum([...linters.map(check), await nodeTests('tools', 'test/tools')]);
  },
  types: () => types(['tsconfig.json', 'tsconfig.test.json']),
  unit: ({ deep }) => jest('unit', { deep }),
  // MSAL signs in there, in a browser.
  demo: async () =>
    nodeTests('demo', 'test/demo', { CDF_AUTH_CHROMIUM: await chromium() }),
  kernel: async ({ deep }) => {
    await setup({ matrix: true, build: false });
    return pytest('kernel', 'test/kernel', SIDE_BY_SIDE, { deep });
  },
  server: async ({ deep }) => {
    const result = await pytest('server', 'test/server', FILES_SIDE_BY_SIDE, {
      deep
    });
    const isOfGateway = ({ markers }) => markers.includes('gateway');
    return {
      ...result,
      failures: result.failures?.filter(isOfGateway),
      again: ({ name }) => pytestAgain(name, { deep })
    };
  },
  packaging: () => pytest('packaging', 'test/packaging'),
  size: async () => {
    const size = await measureSize();
    printSize(size);
    return sum([check(size.isSmall), check(size.isFreeOfMsal)]);
  },
  bench: benchmarks,
  soak: async ({ deep }) => {
    const reason = whyNotHere();
    if (reason) {
      return notForThisSystem(reason);
    }
    const { columns } = await soak(deep ? LONG : SHORT);
    return sum(Object.values(columns).map(number => check(number === 0)));
  },
  browser: async ({ deep }) => {
    const program = await chromium();
    return {
      ...(await playwright('browser', BROWSER, program, { deep })),
      again: failure => playwrightAgain(BROWSER, program, failure, { deep })
    };
  }
};
