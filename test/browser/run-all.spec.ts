import { expect, test } from './support/lab';

const CELLS = 20;

test('Run All over 20 cells with a switch in the middle: all see the old project, the next cell the new one', async ({
  lab
}) => {
  const cell = `import time
from cdf_auth import context
time.sleep(0.6)
print(context().project)`;
  await lab.open('run-all.ipynb', Array<string>(CELLS).fill(cell));
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-north');
  await lab.choose('Run', /^Run All Cells/);
  // A notebook renders only what is near to the screen, so its first cells tell.
  const prompt = lab.cell(4).locator('.jp-InputPrompt').first();
  await expect(prompt).toHaveText('[*]:');
  await expect(lab.cell(3)).toContainText('plant-north');
  await lab.combobox('Project').selectOption('plant-south');
  for (let index = 0; index < CELLS; index++) {
    await lab.cell(index).scrollIntoViewIfNeeded();
    await lab.output(index, 60_000);
    // What has scrolled into view may have no output yet for a moment.
    await expect(lab.outputArea(index)).toHaveText('plant-north');
  }
  await lab.run(0);
  await expect(lab.outputArea(0)).toHaveText('plant-south');
});
