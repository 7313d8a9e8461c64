import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewSessions } from '../../soak/sign-ins.mjs';

const WARNING = '[W 12:00:00 ServerApp] A session of CDF could not be kept.';

/** Renews once; tells what was noted and printed. */
async function renewed(context, answers) {
  const printed = context.mock.method(console, 'log', () => {});
  const now = Date.now() / 1000;
  const kill = { kind: 'kill', target: 'bob', from: now - 9, to: now - 5 };
  const happened = [kill];
  await renewSessions({
    happened,
    notebooks: Object.fromEntries(
      Object.entries(answers).map(([name, renewSession]) => [
        name,
        { renewSession }
      ])
    ),
    server: { lastWarnings: async () => [WARNING] }
  });
  const lines = printed.mock.calls.map(({ arguments: [line] }) => line.trim());
  return { noted: happened.slice(1), lines };
}

test('a sign-in that was lost is noted, and told with what preceded', async context => {
  const { noted, lines } = await renewed(context, {
    bob: async () => 'sign_in_required: Sign in again.',
    nightly: async () => null
  });
  assert.deepEqual(
    noted.map(({ kind, target }) => [kind, target]),
    [['sign-in', 'bob']]
  );
  assert.deepEqual(lines, [
    'bob has signed in again (sign_in_required: Sign in again.)',
    'faults within the 8 s before: kill bob',
    `server: ${WARNING}`
  ]);
});

test('who cannot be asked is looked at again', async context => {
  const fails = () => Promise.reject(new Error('The server is stopped.'));
  assert.deepEqual(await renewed(context, { bob: fails }), {
    noted: [],
    lines: []
  });
});
