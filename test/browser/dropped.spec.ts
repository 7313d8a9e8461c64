import { Client } from './support/client';
import { Lab, expect, test } from './support/lab';
import { Server } from './support/server';

/** With these limits all that a cell publishes after its first ten messages is dropped. */
const LIMITS = [
  '--ServerApp.iopub_msg_rate_limit=0.1',
  '--ServerApp.rate_limit_window=100'
];

const PRINTING = `
import threading, time

def print_on():
    while not done.is_set():
        print("x" * 100, flush=True)
        time.sleep(0.02)

done = threading.Event()
threading.Thread(target=print_on).start()
time.sleep(2)
try:
    length = len(get_token(min_ttl=15, wait=30))
finally:
    done.set()
`;

test('a cell that prints without pause gets its token though the server drops its question', async ({
  page
}) => {
  const server = await Server.start(LIMITS);
  try {
    const lab = new Lab(page, server.url);
    await lab.open('dropped-questions.ipynb', [PRINTING, 'length > 100']);
    await lab.signIn('alice');
    await expect(lab.kernels).toContainText('ready');
    const other = await Client.of('dropped-questions.ipynb', server.url);
    await lab.start(0);
    await lab.output(0, 60_000);
    other.close();
    // No client of the kernel has seen the question.
    expect(other.traffic).toContain('rate exceeded');
    expect(other.traffic).not.toContain('"cdf-auth"');
    expect(await lab.run(1)).toContain('True');
  } finally {
    await server.stop();
  }
});
