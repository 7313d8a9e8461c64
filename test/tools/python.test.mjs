import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { checkNode, findPython } from '../../scripts/common/python.mjs';

let folder;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'python-'));
});

after(() => rm(folder, { recursive: true }));

/** A program that answers as a Python of that version would. */
async function pretend(version, venv) {
  const file = path.join(folder, `python-${version.join('-')}-${venv}`);
  const answer = JSON.stringify({ executable: file, version, venv });
  await writeFile(file, `#!/bin/sh\necho '${answer}'\n`);
  await chmod(file, 0o755);
  return { CDF_AUTH_PYTHON: file };
}

test('a Python is found on this machine', async () => {
  const { version } = await findPython();
  assert.ok(version[0] === 3 && version[1] >= 10);
});

test('CDF_AUTH_PYTHON decides', async () => {
  const wanted = await pretend([3, 10, 0], true);
  const { executable } = await findPython(wanted);
  assert.equal(executable, wanted.CDF_AUTH_PYTHON);
});

for (const [what, version, venv, words] of [
  ['too old', [3, 9, 18], true, /Python 3\.10 or newer .*3\.9\.18/],
  ['without venv', [3, 11, 2], false, /apt-get install python3-venv/]
]) {
  test(`a Python that is ${what} is refused with what to do`, async () => {
    await assert.rejects(findPython(await pretend(version, venv)), words);
  });
}

test('a path that leads nowhere is named', async () => {
  const CDF_AUTH_PYTHON = path.join(folder, 'missing');
  await assert.rejects(findPython({ CDF_AUTH_PYTHON }), /missing.*no Python/);
});

test('an old Node is refused with where to get a newer one', () => {
  assert.throws(
    () => checkNode('18.20.1'),
    /Node 20 .* 18\.20\.1.*nodejs\.org/
  );
  assert.doesNotThrow(() => checkNode('20.0.0'));
});
