import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Seconds for which the demo's access tokens are good: a minute sees several of them. */
const TOKEN_LIFETIME = 20;

/** Start the demo as a user does, and stop it as a user does. */
export default async function startDemo(): Promise<() => Promise<void>> {
  const root = join(__dirname, '..', '..');
  const demo = spawn(
    process.execPath,
    [
      'scripts/start.mjs',
      '--no-browser',
      '--token-lifetime',
      String(TOKEN_LIFETIME)
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const lines = createInterface({ input: demo.stdout });
  const ready = new Promise<string>((resolve, reject) => {
    lines.on('line', line => {
      if (line.startsWith('ready ')) {
        resolve(line.slice('ready '.length));
      }
    });
    demo.once('exit', code =>
      reject(new Error(`npm start ended with ${code} before it was ready`))
    );
  });
  process.env['CDF_AUTH_DEMO'] = await ready;
  return async () => {
    demo.kill('SIGINT');
    const [code] = (await once(demo, 'exit')) as [number | null];
    if (code !== 0) {
      throw new Error(`npm start ended with ${code} after Ctrl-C`);
    }
  };
}
