import { Gateway } from './support/gateway';
import {
  Lab,
  SHORT,
  expect,
  setTokenLifetime,
  test as base
} from './support/lab';
import { Server } from './support/server';

const TOKEN = 'len(get_token()) > 100';

/** Runs until the next token has come. */
const BUSY = `
import time
before = get_token()
while get_token(min_ttl=7) == before:
    time.sleep(0.1)
`;

/** A JupyterLab whose kernels a gateway keeps. */
const test = base.extend<{ behind: { gateway: Gateway; lab: Lab } }>({
  behind: async ({ page }, use) => {
    const gateway = await Gateway.start();
    const server = await Server.start(gateway.settings);
    await use({ gateway, lab: new Lab(page, server.url) });
    await server.stop();
    await gateway.stop();
  }
});

test('behind a gateway a busy cell gets a fresh token, and so does the first cell after a restart', async ({
  behind: { lab }
}) => {
  await setTokenLifetime(SHORT);
  await lab.open('gateway.ipynb', [TOKEN, BUSY + TOKEN]);
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain('True');
  expect(await lab.run(1)).toContain('True');
  for (let restart = 0; restart < 3; restart++) {
    await lab.restartKernel();
    expect(await lab.run(0)).toContain('True');
  }
});

test('when the gateway was restarted, its kernel leaves the list, and the next one is served', async ({
  behind: { gateway, lab },
  page
}) => {
  test.setTimeout(240_000);
  await lab.open('gateway-restarted.ipynb', [
    TOKEN,
    'get_token(min_ttl=10**6)'
  ]);
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain('True');
  await gateway.restart();
  // JupyterLab may ask which kernel to start, whenever it notices. The last button is the one that goes on.
  const dialog = page.locator('.jp-Dialog');
  await page.addLocatorHandler(dialog, () =>
    dialog.locator('.jp-Dialog-button').last().click()
  );
  // JupyterLab looks at its kernels less often the longer the gateway is away.
  await expect(lab.kernels.getByRole('listitem')).toHaveCount(0, {
    timeout: 120_000
  });
  await expect(async () => {
    await lab.choose('Kernel', /^Restart Kernel…/);
    await expect(lab.kernels).toContainText('ready');
  }).toPass();
  expect(await lab.run(0)).toContain('True');
});
