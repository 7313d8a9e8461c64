import type { BrowserContext } from '@playwright/test';
import type { Lab, User } from './lab';
import { expect } from './lab';

/** Type the code into the provider's page in another window, and approve as `user`. */
export async function approve(lab: Lab, user: User): Promise<void> {
  const code = lab.panel.getByLabel('Device code');
  await expect(code).toHaveText(/^[A-Z0-9-]{8,10}$/);
  const opened = lab.page.context().waitForEvent('page');
  await lab.button('Copy code and open the sign-in page').click();
  const page = await opened;
  await page.getByRole('textbox').fill(await code.innerText());
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('link', { name: `${user}@contoso.test` }).click();
  await page.getByRole('link', { name: 'Approve' }).click();
  // A page that is closed while it goes elsewhere may never say that it is closed.
  await page.getByRole('heading', { name: 'You have signed in' }).waitFor();
  await page.close();
}

/** Close the browser, as far as JupyterLab can tell. */
export async function closeEverything(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) {
    await page.close({ runBeforeUnload: false });
  }
}
