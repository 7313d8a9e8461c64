import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));

/** Runs a script of ours; resolves to its exit code and what it printed. */
const run = (name, ...args) =>
  new Promise(resolve =>
    execFile(
      process.execPath,
      [`${scripts}${name}.mjs`, ...args],
      (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, said: stdout + stderr })
    )
  );

for (const name of [
  'bench',
  'lint',
  'lock',
  'matrix',
  'setup',
  'size',
  'soak',
  'start',
  'test'
]) {
  test(`${name} says how it is used, and starts nothing`, async () => {
    const { code, said } = await run(name, '--help');
    assert.equal(code, 0, said);
    assert.match(said, /^Usage: /);
  });
}

test('the long forms are those of all suites, of one, or of none that has one', async () => {
  const { said: usage } = await run('test', '--help');
  assert.match(usage, /--deep\[=SUITE\]/);
  for (const [args, words] of [
    [['--deep=nonsense'], /--deep takes one of unit, kernel, .*"nonsense"/],
    [['--deep', 'lint'], /There is no long form of: lint\./],
    [['--deep=kernel', 'size'], /There is no long form of: size\./],
    [['nonsense'], /There is no suite "nonsense"/]
  ]) {
    const { code, said } = await run('test', ...args);
    assert.equal(code, 2, said);
    assert.match(said, words);
  }
});
