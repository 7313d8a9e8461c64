/** How large processes are, from Linux's `/proc`. */
import { readdir, readFile } from 'node:fs/promises';
import process from 'node:process';

const KB_IN_MB = 1024;

/** Why no soak can run on a platform; `null` if one can. */
export const whyNotHere = (platform = process.platform) =>
  platform === 'linux' ? null : 'soak: not run, it needs Linux';

/**
 * @param {string} name
 * @param {number} pid
 * @returns {Promise<import('./growth.mjs').ISample | null>} `null` where the process has gone
 */
export async function sample(name, pid) {
  try {
    const [status, descriptors] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readdir(`/proc/${pid}/fd`)
    ]);
    const field = key =>
      Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)[1]);
    return {
      at: Date.now() / 1000,
      name,
      pid,
      memory: field('VmRSS') / KB_IN_MB,
      descriptors: descriptors.length,
      threads: field('Threads')
    };
  } catch {
    return null;
  }
}
