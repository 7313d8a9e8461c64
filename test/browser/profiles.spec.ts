import { READ_CLAIMS } from './support/claims';
import { expect, test } from './support/lab';

const WHO = `${READ_CLAIMS}
from cdf_auth import client, context
own = claims(get_token())
print(own.get("preferred_username"), "roles" in own, context().account, context().project)
print(len(client().time_series.list(limit=1)))
`;

test('a profile is one click, and notebooks work as its application', async ({
  lab
}) => {
  await lab.open('profile.ipynb', [WHO]);
  const profiles = lab.panel.getByRole('list', {
    name: 'Profiles for unattended work'
  });
  await expect(profiles).toContainText('Runs without anybody signed in');
  await lab.button('Use the profile nightly').click();
  await expect(lab.status).toContainText('Works with nobody signed in');
  await expect(
    lab.button('Keep this running when I close the browser')
  ).toBeHidden();
  await expect(lab.combobox('Project')).toHaveValue('plant-north');
  const printed = await lab.run(0);
  expect(printed).toContain('None True profile nightly plant-north');
  await lab.button('Sign out').click();
  await expect(lab.button('Sign in')).toBeVisible();
});
