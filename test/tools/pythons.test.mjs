import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { findPythons, MINORS } from '../../scripts/common/pythons.mjs';

let folder;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pythons-'));
});

after(() => rm(folder, { recursive: true }));

/** A program in pyenv's place that answers as a Python of that version would. */
async function pretend(name, version) {
  const bin = path.join(folder, 'versions', name, 'bin');
  await mkdir(bin, { recursive: true });
  const executable = path.join(bin, 'python');
  const answer = JSON.stringify({ executable, version, venv: true });
  await writeFile(executable, `#!/bin/sh\necho '${answer}'\n`);
  await chmod(executable, 0o755);
  return executable;
}

/** Only pyenv's place is looked at: no command is on the PATH. */
async function found() {
  const { PATH } = process.env;
  // The pretended Pythons are scripts, which need a shell but no Python.
  process.env.PATH = folder;
  try {
    return await findPythons({ PYENV_ROOT: folder });
  } finally {
    process.env.PATH = PATH;
  }
}

test('of several, pyenv’s newest release is taken, and what is missing is told', async () => {
  await pretend('3.12.9', [3, 12, 9]);
  const newest = await pretend('3.12.10', [3, 12, 10]);
  await pretend('3.13-dev', [3, 13, 0]);
  await pretend('3.14.0a1', [3, 14, 0]);
  const pythons = await found();
  assert.deepEqual([...pythons.keys()], MINORS);
  assert.equal(pythons.get(12).executable, newest);
  for (const minor of [10, 11, 13, 14]) {
    assert.equal(pythons.get(minor), null);
  }
});

test('the one that makes all other environments is taken for its version', async () => {
  const CDF_AUTH_PYTHON = await pretend('chosen', [3, 12, 1]);
  const pythons = await findPythons({ PYENV_ROOT: folder, CDF_AUTH_PYTHON });
  assert.equal(pythons.get(12).executable, CDF_AUTH_PYTHON);
});
