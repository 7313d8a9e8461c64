/** One set-up at a time in a clone: a lock file that names its owner. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 300;

/**
 * Runs `work` while this process holds the lock.
 *
 * The lock of a process that is gone is taken over. A lock of another machine
 * (a clone on a shared disk) can't be judged from here and is waited for.
 *
 * @param {string} file the lock
 * @param {() => Promise<T>} work
 * @param {{signal?: AbortSignal, onWait?: (owner: string) => void}} [options]
 * @returns {Promise<T>}
 * @template T
 */
export async function exclusively(file, work, { signal, onWait } = {}) {
  await mkdir(path.dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  let waited = false;
  while (!(await take(file, mine))) {
    const theirs = await readFile(file, 'utf8').catch(() => '');
    if (theirs && isStale(theirs)) {
      await discard(file, theirs);
      continue;
    }
    if (!waited) {
      waited = true;
      onWait?.(theirs);
    }
    await delay(POLL_MS, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Linking a finished file is atomic, and nobody sees a lock without an owner. */
async function take(file, content) {
  // Of this very attempt: another one of this process would take the draft away.
  const draft = `${file}.${process.pid}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function isStale(content) {
  try {
    const { pid, host } = JSON.parse(content);
    return host === hostname() && !isAlive(pid);
  } catch {
    return true;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Removes a stale lock, but not one that another waiter put there meanwhile. */
async function discard(file, stale) {
  const aside = `${file}.stale.${process.pid}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== stale) {
    await link(aside, file).catch(() => undefined);
  }
  await rm(aside, { force: true });
}
