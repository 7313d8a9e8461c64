/**
 * Runs a Python script: `node scripts/python.mjs SCRIPT`.
 *
 * Some systems have only `python3`, others only `python`, and pip's build environments have neither of
 * their own.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';

for (const command of ['python3', 'python', 'py']) {
  const { error, status } = spawnSync(command, process.argv.slice(2), {
    stdio: 'inherit'
  });
  if (!error) {
    process.exit(status ?? 1);
  }
}
console.error('No Python was found. Install Python 3.10 or newer.');
process.exit(1);
