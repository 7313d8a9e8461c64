import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from '../../scripts/lint/tree.mjs';

const problems = (file, text) => problemsOf(file, Buffer.from(text));

const slash = '/';
const base64 = 'eyJ' + 'a'.repeat(40);

for (const [what, file, text] of [
  ['a path of somebody’s machine', 'a.py', `open("${slash}home/anna/x")`],
  ['a private key', 'a.txt', '-----BEGIN ' + 'PRIVATE KEY-----'],
  ['a token that somebody signed', 'a.md', `${base64}.${base64}.${base64}`],
  ['a conflict that was not resolved', 'a.js', `x\n${'<'.repeat(7)} HEAD\n`],
  ['the address of a package index', 'package-lock.json', '"resolved": "x"'],
  ['the address of a package index', 'requirements/a.txt', '--find-links x'],
  ['the address of a package index', 'requirements/a.txt', 'a @ file:///a'],
  ['made by a build', 'src/node_modules/a.js', ''],
  ['made by a build', 'jupyterlab_cdf_auth/labextension/a.json', ''],
  ['a certificate or key', 'demo/ca.pem', ''],
  ['settings of one person', '.env', ''],
  ['larger than 1000000 bytes', 'a.bin', 'x'.repeat(1_000_001)]
]) {
  test(`${file} is refused for ${what}`, () => {
    const found = problems(file, text);
    assert.equal(found.length, 1);
    assert.ok(found[0].startsWith(`${file}:`) && found[0].endsWith(what));
  });
}

test('a line number leads to the text', () => {
  const found = problems('a.js', `one\ntwo = '${slash}root/x'\n`);
  assert.deepEqual(found, ['a.js:2: a path of somebody’s machine']);
});

test('ordinary text is fine', () => {
  const text = `GET https://login.example${slash}home/a, eyJ..., src${slash}work/b\n`;
  assert.deepEqual(problems('src/a.ts', text), []);
});
