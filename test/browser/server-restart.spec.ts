import { Lab, expect, test } from './support/lab';
import { Server } from './support/server';

const TOKEN = 'len(get_token(min_ttl=15)) > 100';

test('when the Jupyter server was restarted under the page, the next kernel gets tokens without another sign-in', async ({
  page
}) => {
  test.setTimeout(180_000);
  const server = await Server.start();
  try {
    const lab = new Lab(page, server.url);
    await lab.open('server-restart.ipynb', [TOKEN, TOKEN]);
    await lab.signIn('alice');
    expect(await lab.run(0)).toContain('True');
    await server.restart();
    // JupyterLab says that the server was away, whenever it notices, also over an open menu; and it may ask
    // which kernel to start. The last button is the one that goes on.
    const dialog = page.locator('.jp-Dialog');
    await page.addLocatorHandler(dialog, () =>
      dialog.locator('.jp-Dialog-button').last().click()
    );
    await expect(lab.kernels.getByRole('listitem')).toHaveCount(0, {
      timeout: 60_000
    });
    await expect(lab.status).toContainText('alice@contoso.test');
    await expect(async () => {
      await lab.choose('Kernel', /^Restart Kernel…/);
      await expect(lab.kernels).toContainText('ready');
    }).toPass({ timeout: 80_000 });
    expect(await lab.run(1)).toContain('True');
  } finally {
    await server.stop();
  }
});
