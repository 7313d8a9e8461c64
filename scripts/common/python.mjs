/** Finding a Python that can make virtual environments. */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { StepError } from './process.mjs';

const MINIMUM = [3, 10];
const CANDIDATES = [
  'python3',
  'python',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python3.14'
];

/** ensurepip is what Debian keeps in a package of its own. */
const PROBE = `
import importlib.util, json, sys
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "venv": all(map(importlib.util.find_spec, ("venv", "ensurepip"))),
}))
`;

/** What a command says about itself, or `null` when it is no working Python. */
export async function probe(command) {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', PROBE]);
    return { command, ...JSON.parse(stdout) };
  } catch {
    // A launcher such as pyenv's may exist and yet have nothing to start.
    return null;
  }
}

const isRecent = ({ version: [major, minor] }) =>
  major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);

const describe = ({ command, version, venv }) =>
  `${command} is ${version.join('.')}${venv ? '' : ' without venv'}`;

/**
 * The Python to make environments with: `CDF_AUTH_PYTHON`, or the first of the
 * usual names that is recent enough and has venv.
 *
 * @returns {Promise<{executable: string, version: number[]}>}
 * @throws {StepError} that says what is missing and how to get it
 */
export async function findPython(environment = process.env) {
  const wanted = environment.CDF_AUTH_PYTHON;
  const found = [];
  for (const command of wanted ? [wanted] : CANDIDATES) {
    const python = await probe(command);
    if (python && isRecent(python) && python.venv) {
      return python;
    }
    if (python) {
      found.push(python);
    }
  }
  throw new StepError(complaint(wanted, found));
}

function complaint(wanted, found) {
  const seen = found.map(describe).join(', ');
  if (wanted && !found.length) {
    return `CDF_AUTH_PYTHON is "${wanted}", which is no Python that starts. Set it to the path of Python 3.10 or newer.`;
  }
  if (found.some(isRecent)) {
    return `Python's venv is missing (${seen}). On Debian or Ubuntu: apt-get install python3-venv`;
  }
  const has = seen ? `found only: ${seen}` : 'found none';
  return `Python 3.10 or newer is needed (${has}). Install it (https://www.python.org/downloads/; Debian or Ubuntu: apt-get install python3 python3-venv), or set CDF_AUTH_PYTHON to its path.`;
}

/** @throws {StepError} when this Node is too old */
export function checkNode(version = process.versions.node) {
  if (Number(version.split('.')[0]) < 20) {
    throw new StepError(
      `Node 20 or newer is needed; this is ${version}. Get it from https://nodejs.org/ or with a version manager.`
    );
  }
}
