import { Lab, expect, test } from './lab';
import { Server } from './server';

const TOKEN = 'len(get_token(min_ttl=15)) > 100';

test('when the Jupyter server was restarted under the page, the next kernel gets tokens without another sign-in', async ({
  page
}) => {
  const server = await Server.start();
  try {
    const lab = new Lab(page, server.url);
    await lab.open('server-restart.ipynb', [TOKEN, TOKEN]);
    await lab.signIn('alice');
    expect(await lab.run(0)).toContain('True');
    await server.restart();
    // JupyterLab says that the server was away, whenever it notices, also over an open menu.
    const notice = page
      .locator('.jp-Dialog')
      .filter({ hasText: 'Server Connection Error' });
    await page.addLocatorHandler(notice, () =>
      notice.getByRole('button', { name: 'Close' }).click()
    );
    await expect(lab.kernels.getByRole('listitem')).toHaveCount(0);
    await expect(lab.status).toContainText('alice@contoso.test');
    await expect(async () => {
      await lab.choose('Kernel', /^Restart Kernel…/);
      await expect(lab.kernels).toContainText('ready');
    }).toPass();
    expect(await lab.run(1)).toContain('True');
  } finally {
    await server.stop();
  }
});
