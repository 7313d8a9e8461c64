import { Client } from './client';
import { expect, test } from './lab';

/** Prints one line over and over, without pause and more than the server lets through, until a thread has its token. */
const PRINTING = String.raw`
import threading, time

def ask():
    time.sleep(4)
    answers.append(len(get_token(min_ttl=19)) > 100)

answers = []
thread = threading.Thread(target=ask)
thread.start()
end = time.time() + 60
while not answers and time.time() < end:
    print("x" * 2000, end="\r", flush=True)
lasted = 60 - (end - time.time())
`;

test('a cell that prints without pause gets its token though the server drops the question', async ({
  lab
}) => {
  await lab.open('dropped-questions.ipynb', [PRINTING, 'answers, lasted < 30']);
  await lab.signIn('alice');
  const other = await Client.of('dropped-questions.ipynb');
  await lab.start(0);
  await lab.output(0, 90_000);
  // Else this would have been no test of it.
  expect(other.traffic).toContain('rate exceeded');
  expect(await lab.run(1)).toContain('([True], True)');
  other.close();
});
