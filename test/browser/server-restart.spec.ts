import { freePort } from '../../scripts/start/ports.mjs';
import { Lab as Server } from '../../scripts/start/lab.mjs';
import { Lab, expect, test } from './lab';

const TOKEN = 'len(get_token(min_ttl=15)) > 100';

/** A port that nothing else of the tests asks for. */
const FIRST_PORT = 9100;

test('when the Jupyter server was restarted under the page, the next kernel gets tokens without another sign-in', async ({
  page
}) => {
  test.setTimeout(240_000);
  const port = await freePort(FIRST_PORT);
  const token = 'of-the-server-that-is-restarted';
  const start = async (): Promise<Server> => {
    const server = new Server({
      port,
      browser: false,
      token,
      log: 'restarted'
    });
    await server.ready(new AbortController().signal);
    return server;
  };
  let server = await start();
  try {
    const lab = new Lab(page, server.url);
    await lab.open('server-restart.ipynb', [TOKEN, TOKEN]);
    await lab.signIn('alice');
    expect(await lab.run(0)).toContain('True');
    await server.stop();
    server = await start();
    // JupyterLab may say that the server was away, whenever it notices.
    const notices = page.locator('.jp-Dialog');
    await page.addLocatorHandler(notices, () =>
      notices.locator('button').last().click()
    );
    await expect(lab.kernels.getByRole('listitem')).toHaveCount(0);
    await expect(lab.status).toContainText('alice@contoso.test');
    await lab.choose('Kernel', /^Restart Kernel…/);
    await expect(lab.kernels).toContainText('ready');
    expect(await lab.run(1)).toContain('True');
  } finally {
    await server.stop();
  }
});
