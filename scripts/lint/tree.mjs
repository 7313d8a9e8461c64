/** What must not be in the tree: other machines' paths, secrets, products of the build. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../common/paths.mjs';
import { StepError } from '../common/process.mjs';

const MAX_BYTES = 1_000_000;

/** Each with the files it is about, where that isn't every text file. */
const FORBIDDEN_TEXT = [
  {
    what: 'a path of somebody’s machine',
    pattern: /["'`\s=(](\/(home|root|Users|work)\/[\w.-]+|[A-Z]:\\Users\\)/
  },
  {
    what: 'a private key',
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/
  },
  {
    what: 'a token that somebody signed',
    pattern: /eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{40,}/
  },
  {
    what: 'a conflict that was not resolved',
    pattern: /^(<{7} |>{7} )/m
  },
  {
    what: 'the address of a package index',
    files: /^(package-lock\.json|requirements\/.*\.txt)$/,
    // npm's lock has links to sponsors too, so not every URL is one.
    pattern: /"resolved":|^\s*(-i|-f|--\w)|^[^"#\n]*:\/\//m
  }
];

const FORBIDDEN_FILES = [
  {
    what: 'made by a build',
    pattern:
      /(^|\/)(node_modules|__pycache__|lib|labextension|static)\/|\.(pyc|tsbuildinfo|whl)$/
  },
  { what: 'a certificate or key', pattern: /\.(pem|key|p12|pfx)$/ },
  { what: 'settings of one person', pattern: /(^|\/)\.env(\.|$)|\.local\./ }
];

/** @returns what is wrong with one file, as sentences */
export function problemsOf(file, content) {
  const problems = FORBIDDEN_FILES.filter(({ pattern }) =>
    pattern.test(file)
  ).map(({ what }) => `${file}: ${what}`);
  if (content.length > MAX_BYTES) {
    problems.push(`${file}: larger than ${MAX_BYTES} bytes`);
  }
  // A NUL byte is git's own test for "binary".
  const text = content.includes(0) ? '' : content.toString('utf8');
  for (const { what, files, pattern } of FORBIDDEN_TEXT) {
    const found = (files?.test(file) ?? true) && text.match(pattern);
    if (found) {
      const line = text.slice(0, found.index).split('\n').length;
      problems.push(`${file}:${line}: ${what}`);
    }
  }
  return problems;
}

/** Looks at what git tracks, or would: an unpacked archive has nothing to say. */
export async function treeProblems() {
  const problems = [];
  for (const file of await trackedFiles()) {
    // A file that was deleted but not yet committed is still listed.
    const content = await readFile(path.join(root, file)).catch(() => null);
    problems.push(...(content ? problemsOf(file, content) : []));
  }
  return problems;
}

async function trackedFiles() {
  try {
    const { stdout } = await promisify(execFile)(
      'git',
      ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
      { cwd: root, maxBuffer: 16 * MAX_BYTES }
    );
    return stdout.split('\0').filter(Boolean);
  } catch (error) {
    throw new StepError(
      `The tree can't be listed; is git installed, and is this a clone? (${error.message.trim()})`
    );
  }
}
