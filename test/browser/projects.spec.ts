import { demo, expect, setFaults, test } from './support/lab';

const CLUSTER = /westeurope-1/;

test('a cluster without CORS is asked by way of the server', async ({
  lab
}) => {
  await lab.open();
  await lab.combobox('Connection').selectOption({ index: 1 });
  await lab.signIn('alice');
  await expect(lab.combobox('Project').locator('option')).not.toHaveText([
    'Loading…'
  ]);
  await expect(lab.combobox('Project')).toContainText('rig-7');
});

test('connections that share a sign-in are switched without another one', async ({
  lab
}) => {
  await lab.open();
  await lab.signIn('alice');
  await expect(lab.combobox('Project')).toContainText('plant-south');
  await lab.combobox('Connection').selectOption({ index: 1 });
  await expect(lab.combobox('Project')).toContainText('rig-7');
  await expect(lab.status).toContainText('alice@contoso.test');
});

for (const [fault, words] of [
  ['401', 'HTTP 401'],
  ['403', 'HTTP 403'],
  ['500', 'HTTP 500'],
  ['html', "isn't JSON"],
  ['garbage', /can't be used|isn't JSON/],
  ['empty', 'lists no project']
] as const) {
  test(`a CDF that answers "${fault}" is explained, and a name can be typed`, async ({
    lab
  }) => {
    await setFaults({ inspect: fault }, demo().cdf);
    await lab.open();
    await lab.signIn('alice');
    await expect(lab.panel).toContainText(words);
    if (fault !== 'empty') {
      await expect(lab.panel.getByRole('alert')).toContainText(CLUSTER);
    }
    const project = lab.combobox('Project');
    await project.fill('plant/north');
    await project.press('Enter');
    await expect(lab.panel).toContainText("can't be the name of a project");
    await project.fill('plant-south');
    await project.press('Enter');
    await expect(lab.panel).not.toContainText("can't be the name");
    await setFaults({ inspect: null }, demo().cdf);
    await lab.button('Reload the list of projects').click();
    await expect(lab.combobox('Project')).toHaveValue('plant-south');
    await expect(
      lab.combobox('Project').locator('option').first()
    ).toBeAttached();
  });
}
