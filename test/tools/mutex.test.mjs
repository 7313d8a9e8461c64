import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { exclusively } from '../../scripts/common/mutex.mjs';

let folder;
let lock;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mutex-'));
  lock = path.join(folder, 'lock');
});

after(() => rm(folder, { recursive: true }));

/** The id of a process that has just ended. */
async function deadPid() {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return child.pid;
}

test('work is done one at a time, and the lock is gone afterwards', async () => {
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise(resolve => setImmediate(resolve));
    running--;
  };
  const attempts = Array.from({ length: 8 }, () => exclusively(lock, work));
  await Promise.all(attempts);
  assert.equal(most, 1);
  assert.deepEqual(await readdir(folder), []);
});

test('the lock is freed when the work fails', async () => {
  const work = () => Promise.reject(new Error('no disk'));
  await assert.rejects(exclusively(lock, work), /no disk/);
  assert.equal(existsSync(lock), false);
});

test('the lock of a process that is gone is taken over', async () => {
  const owner = { pid: await deadPid(), host: hostname() };
  await writeFile(lock, JSON.stringify(owner));
  let waited = false;
  const onWait = () => (waited = true);
  assert.equal(await exclusively(lock, async () => 'done', { onWait }), 'done');
  assert.equal(waited, false);
});

test('the lock of a process that lives is waited for, until one gives up', async () => {
  const owner = JSON.stringify({ pid: process.pid, host: hostname() });
  await writeFile(lock, owner);
  const giveUp = new AbortController();
  let seen;
  const waiting = exclusively(lock, () => assert.fail('ran'), {
    signal: giveUp.signal,
    onWait: text => {
      seen = text;
      giveUp.abort();
    }
  });
  await assert.rejects(waiting, { name: 'AbortError' });
  assert.equal(seen, owner);
  assert.equal(existsSync(lock), true);
  await rm(lock);
});

test('the lock of another machine is waited for, whatever its process id', async () => {
  const owner = { pid: await deadPid(), host: `not-${hostname()}` };
  await writeFile(lock, JSON.stringify(owner));
  const giveUp = new AbortController();
  const waiting = exclusively(lock, () => assert.fail('ran'), {
    signal: giveUp.signal,
    onWait: () => giveUp.abort()
  });
  await assert.rejects(waiting, { name: 'AbortError' });
  await rm(lock);
});
