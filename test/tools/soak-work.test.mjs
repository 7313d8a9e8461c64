/** What the cells of the soak note, with a stand-in for the agent, and what is said about it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { envBin, envVariables } from '../../scripts/common/paths.mjs';
import { within } from '../../soak/notebook.mjs';
import { readRecords } from '../../soak/records.mjs';
import { judge } from '../../soak/verdict.mjs';

const python = fileURLToPath(new URL('../../soak/python', import.meta.url));

/** Tokens of Alice that are good for as many seconds as `LIFE` says. */
const AGENT = `
import base64, json, os, time

def get_token():
    end = time.time() + float(os.environ["LIFE"])
    claims = {"exp": end, "oid": "alice", "tid": "contoso"}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode())
    return f"x.{payload.decode().rstrip('=')}.x"

async def get_token_async():
    return get_token()
`;

const WORKERS = { threads: 2, children: 2, tasks: 2 };

let folder;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'soak-'));
  await writeFile(path.join(folder, 'cdf_auth.py'), AGENT);
});

after(() => rm(folder, { recursive: true }));

/** Runs a cell until each of its workers has had a token, and judges it. */
async function verdictOf({ life = 60, early = 0, account = 'alice', clock }) {
  const records = await mkdtemp(path.join(folder, 'records-'));
  const config = path.join(records, 'alice.json');
  const told = {
    ...{ kernel: 'alice', folder: records, account, tenant: 'contoso' },
    ...{ ...WORKERS, early }
  };
  await writeFile(config, JSON.stringify(told));
  if (clock !== undefined) {
    await writeFile(path.join(records, 'clock-alice'), String(clock));
  }
  const code = `from soak_work.cell import run; run(${JSON.stringify(config)})`;
  const cell = spawn(envBin('lab', 'python'), ['-c', code], {
    env: {
      ...envVariables('lab'),
      PYTHONPATH: [python, folder].join(path.delimiter),
      LIFE: String(life)
    },
    stdio: ['ignore', 'ignore', 'inherit']
  });
  const exited = once(cell, 'exit');
  const allHave = async () => {
    const all = await readRecords(records);
    const good = all.flatMap(({ events }) =>
      Object.values(
        events.findLast(({ event }) => event === 'count')?.good ?? { none: 0 }
      )
    );
    return all.length === WORKERS.children + 1 && good.every(Boolean);
  };
  const isServed = await within(60_000, allHave);
  await writeFile(path.join(records, 'over'), '');
  const [exit] = await exited;
  assert.ok(isServed && exit === 0, `The cell ended with ${exit}.`);
  return judge({
    records: await readRecords(records),
    ...{ faults: [], samples: [], driverErrors: [] },
    kernels: ['alice'],
    children: WORKERS.children,
    lifted: 1
  });
}

test('threads, tasks and child processes call, and good tokens are found good', async () => {
  const { rows, columns } = await verdictOf({});
  assert.deepEqual(rows.map(({ group }) => group).sort(), [
    ...['cell', 'child', 'task', 'thread']
  ]);
  assert.ok(rows.every(({ calls }) => calls > 0));
  assert.deepEqual([...new Set(Object.values(columns))], [0]);
});

test('a token that is at its end counts as expired, by each of them', async () => {
  const { rows } = await verdictOf({ life: -0.001 });
  for (const { group, calls, expired } of rows) {
    assert.ok(expired > 0 && expired >= calls, `${group}: ${expired}`);
  }
});

test('the planted fault counts a token as expired that is not', async () => {
  const { columns } = await verdictOf({ life: 60, early: 61 });
  assert.ok(columns['expired tokens'] > 0);
});

test('the token of another account is found', async () => {
  const { columns } = await verdictOf({ account: 'bob' });
  assert.ok(columns['tokens of a wrong account'] > 0);
});

test('a clock that is set an hour back leads the agent astray, and not the judge', async () => {
  const { rows } = await verdictOf({ life: 60, clock: -3600 });
  assert.ok(rows.every(({ expired }) => expired > 0));
});
