/** The system's Chromium, for tests and benchmarks. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run, StepError } from './process.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable'
];

const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium'
];

/** Without a sandbox, which root can't have, and without what calls hosts elsewhere. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map(folder => path.join(folder, name))
    .find(file => existsSync(file));
}

function find() {
  for (const name of NAMES) {
    const file = onPath(name);
    if (file) {
      return file;
    }
  }
  return APPLICATIONS.find(file => existsSync(file));
}

const canInstall = () => process.getuid?.() === 0 && onPath('apt-get');

async function install() {
  console.log('Installing Chromium with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-update', 'apt-get', ['update'], { env });
  const args = ['install', '-y', '--no-install-recommends', 'chromium'];
  await run('apt-chromium', 'apt-get', args, { env });
}

/**
 * Finds Chromium, or installs it where this user may.
 *
 * @returns {Promise<string>} the path of the program
 * @throws {StepError} that says how to get it
 */
export async function chromium() {
  const wanted = process.env.CDF_AUTH_CHROMIUM;
  if (wanted) {
    if (!existsSync(wanted)) {
      throw new StepError(
        `CDF_AUTH_CHROMIUM is "${wanted}", which does not exist. Set it to the path of Chromium or Chrome.`
      );
    }
    return wanted;
  }
  if (!find() && canInstall()) {
    await install();
  }
  const found = find();
  if (!found) {
    throw new StepError(
      'The browser tests need Chromium. Install it (Debian or Ubuntu: apt-get install chromium), or set CDF_AUTH_CHROMIUM to the path of Chromium or Chrome.'
    );
  }
  return found;
}
