import { Client } from './support/client';
import { expect, test } from './support/lab';
import { Sockets } from './support/sockets';

/** Silent while the socket is cut: what is on its way to a page at that moment nobody can save. */
const PRINTING = `
import os, time
for line in range(60):
    print("line", line)
    if line == 20:
        while not os.path.exists("line-cut"):
            time.sleep(0.1)
        os.remove("line-cut")
    if line == 40:
        print("token", len(get_token(min_ttl=15)) > 100)
    time.sleep(0.1)
`;

test('no line of a printing cell is lost with the websocket, and the cell gets its token', async ({
  lab
}) => {
  const sockets = await Sockets.of(lab.page);
  await lab.open('dropped-socket.ipynb', [PRINTING, 'len(get_token()) > 100']);
  await lab.signIn('alice');
  await lab.start(0);
  await expect(lab.cell(0)).toContainText('line 20');
  await sockets.cut();
  await lab.write('line-cut');
  await sockets.failed();
  sockets.restore();
  const lines = (await lab.output(0, 60_000)).split('\n');
  const expected = Array.from({ length: 60 }, (_, line) => `line ${line}`);
  expected.splice(41, 0, 'token True');
  expect(lines.map(line => line.trim()).filter(Boolean)).toEqual(expected);
  expect(await lab.run(1)).toContain('True');
});

test('a cell that asks while the websocket is away goes on when it is back', async ({
  lab
}) => {
  const sockets = await Sockets.of(lab.page);
  await lab.open('asks-away.ipynb', [
    `import os, time
while not os.path.exists("socket-cut"):
    time.sleep(0.1)
os.remove("socket-cut")
len(get_token(min_ttl=15)) > 100`
  ]);
  await lab.signIn('alice');
  await lab.start(0);
  await expect(lab.indicator).toHaveAttribute('data-status', 'busy');
  await sockets.cut();
  await lab.write('socket-cut');
  await sockets.failed();
  sockets.restore();
  expect(await lab.output(0, 60_000)).toContain('True');
});

test('a page that is reloaded while a cell asks again and again serves it on', async ({
  lab
}) => {
  await lab.open('reloaded.ipynb', [
    `import os, time
seen = set()
while not os.path.exists("page-reloaded"):
    seen.add(len(get_token(min_ttl=15)) > 100)
    time.sleep(0.1)
os.remove("page-reloaded")`,
    'seen'
  ]);
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-south');
  await lab.start(0);
  await expect(lab.kernels).toContainText('token used');
  await lab.page.reload();
  await lab.page.locator('.jp-Notebook').waitFor();
  await lab.showPanel();
  await expect(lab.kernels).toContainText('token used');
  await lab.write('page-reloaded');
  expect(await lab.run(1, 60_000)).toContain('{True}');
});

test('a sign-out while the websocket is away reaches the kernel when it is back', async ({
  lab
}) => {
  const sockets = await Sockets.of(lab.page);
  await lab.open('signed-out-away.ipynb', ['len(get_token())']);
  await lab.signIn('alice');
  await lab.run(0);
  const other = await Client.of('signed-out-away.ipynb');
  const listens = async (): Promise<boolean> =>
    (await other.tell('hello', { holder: 'test' })) !== undefined;
  expect(await listens()).toBe(true);
  await sockets.cut();
  await lab.button('Sign out').click();
  await expect(lab.button('Sign in')).toBeVisible();
  await sockets.failed();
  sockets.restore();
  // An agent without any session listens no more.
  await expect.poll(listens, { timeout: 60_000 }).toBe(false);
  other.close();
  expect(await lab.run(0)).toContain('SignInRequired');
});
