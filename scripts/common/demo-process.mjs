/** `npm start` as a child process, for what measures or tests it from outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { root } from './paths.mjs';

/**
 * Starts the demo and waits for its line `ready`.
 *
 * @param {string[]} options of `npm start`
 * @param {string} [folder] its name in `.cache`, if it isn't to be that of `npm start`
 * @returns {Promise<{ready: {url: string, idp: string, cdf: string}, stop: () => Promise<void>}>}
 */
export async function startDemoProcess(options = [], folder = '') {
  const child = spawn(
    process.execPath,
    ['scripts/start.mjs', '--no-browser', ...options],
    {
      cwd: root,
      env: { ...process.env, CDF_AUTH_DEMO_FOLDER: folder },
      stdio: ['ignore', 'pipe', 'inherit']
    }
  );
  const exited = once(child, 'exit');
  const ready = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      if (line.startsWith('ready ')) {
        resolve(JSON.parse(line.slice('ready '.length)));
      }
    });
    void exited.then(([code]) =>
      reject(new Error(`npm start ended with ${code} before it was ready`))
    );
  });
  return {
    ready,
    async stop() {
      child.kill('SIGINT');
      const [code] = await exited;
      if (code !== 0) {
        throw new Error(`npm start ended with ${code} after Ctrl-C`);
      }
    }
  };
}
