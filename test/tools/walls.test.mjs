/** Each wall of .dependency-cruiser.cjs is run into once, and must hold. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';

const root = fileURLToPath(new URL('../..', import.meta.url));
const walls = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

let folder;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'walls-'));
  await symlink(
    path.join(root, 'node_modules'),
    path.join(folder, 'node_modules')
  );
});

after(() => rm(folder, { recursive: true }));

/** The names of the rules that a tree of modules breaks. */
async function broken(tree) {
  const source = path.join(folder, 'src');
  await rm(source, { recursive: true, force: true });
  for (const [file, text] of Object.entries(tree)) {
    const full = path.join(source, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, `${text}\nexport const x = 1;\n`);
  }
  const { forbidden, options } = walls;
  const { tsConfig, ...others } = options;
  assert.ok(tsConfig);
  const { output } = await cruise(['src'], {
    ...others,
    baseDir: folder,
    ruleSet: { forbidden },
    validate: true
  });
  return new Set(output.summary.violations.map(({ rule }) => rule.name));
}

/** A tree in which one module imports another. */
const importing = (from, to) => {
  const isOurs = to.startsWith('src/');
  const target = isOurs ? to.slice('src/'.length) : null;
  const where = isOurs
    ? path.posix.relative(path.posix.dirname(from), target).replace(/\.ts$/, '')
    : to;
  const request = isOurs && !where.startsWith('.') ? `./${where}` : where;
  const tree = { [from]: `import * as other from '${request}';\nvoid other;` };
  return isOurs ? { [target]: '', ...tree } : tree;
};

/** [the rule that must fire, the importing module, what it imports] */
const BREACHES = [
  ['shared-imports-nothing-above', 'shared/a.ts', 'src/credentials/b.ts'],
  ['shared-imports-nothing-above', 'shared/a.ts', 'src/index.ts'],
  ['credentials-imports-nothing-above', 'credentials/a.ts', 'src/kernels/b.ts'],
  [
    'identity-kernels-cdf-outputs-imports-nothing-above',
    'outputs/a.ts',
    'src/panel/b.ts'
  ],
  ['panel-imports-nothing-above', 'panel/a.ts', 'src/plugins/b.ts'],
  ['identity-imports-no-sibling', 'identity/a.ts', 'src/kernels/b.ts'],
  ['kernels-imports-no-sibling', 'kernels/a.ts', 'src/cdf/b.ts'],
  ['cdf-imports-no-sibling', 'cdf/a.ts', 'src/identity/b.ts'],
  ['outputs-imports-no-sibling', 'outputs/a.ts', 'src/kernels/b.ts'],
  ['no-file-outside-the-rooms', 'plugins/a.ts', 'src/utilities/b.ts'],
  ['no-file-outside-the-rooms', 'plugins/a.ts', 'src/helpers.ts'],
  ['tokens-import-none-of-ours', 'tokens.ts', 'src/shared/b.ts'],
  ['widgets-only-in-panel-and-plugins', 'kernels/a.ts', '@lumino/widgets'],
  ['widgets-only-in-panel-and-plugins', 'shared/a.ts', 'react'],
  ['widgets-only-in-panel-and-plugins', 'cdf/a.ts', 'react-dom'],
  ['widgets-only-in-panel-and-plugins', 'tokens.ts', '@jupyterlab/apputils'],
  ['msal-in-one-file-only', 'identity/other.ts', '@azure/msal-browser'],
  ['msal-in-one-file-only', 'plugins/a.ts', '@azure/msal-browser'],
  ['redirect-page-imports-msal-only', 'redirect/index.ts', 'src/shared/b.ts'],
  ['redirect-page-imports-msal-only', 'redirect/index.ts', 'react'],
  [
    'nothing-imports-the-redirect-page',
    'plugins/a.ts',
    'src/redirect/index.ts'
  ],
  ['plugins-only-from-index', 'tokens.ts', 'src/plugins/b.ts'],
  ['plugins-only-from-index', 'cdf/a.ts', 'src/plugins/b.ts'],
  ['index-imports-plugins-only', 'index.ts', 'src/kernels/b.ts'],
  ['nothing-imports-index', 'plugins/a.ts', 'src/index.ts'],
  ['everything-resolves', 'kernels/a.ts', './missing']
];

for (const [rule, from, to] of BREACHES) {
  test(`${rule}: ${from} must not import ${to}`, async () => {
    const rules = await broken(importing(from, to));
    assert.ok(rules.has(rule), `broken: ${[...rules].join(', ') || 'none'}`);
  });
}

test('no-cycles: two modules of one room must not import each other', async () => {
  const rules = await broken({
    'cdf/a.ts': "import * as b from './b';\nvoid b;",
    'cdf/b.ts': "import * as a from './a';\nvoid a;"
  });
  assert.deepEqual([...rules], ['no-cycles']);
});

test('the import of a type alone counts', async () => {
  const rules = await broken({
    'shared/a.ts': "import type { B } from '../panel/b';\nexport type A = B;",
    'panel/b.ts': 'export type B = string;'
  });
  assert.deepEqual([...rules], ['shared-imports-nothing-above']);
});

test('a lazy import counts', async () => {
  const rules = await broken({
    'cdf/a.ts': "void import('@azure/msal-browser');"
  });
  assert.deepEqual([...rules], ['msal-in-one-file-only']);
});

test('what the design allows is allowed', async () => {
  const rules = await broken({
    'shared/s.ts': '',
    'tokens.ts': "import { Token } from '@lumino/coreutils';\nvoid Token;",
    'credentials/c.ts': "import * as s from '../shared/s';\nvoid s;",
    'identity/msal.ts': "void import('@azure/msal-browser');",
    'kernels/k.ts':
      "import * as c from '../credentials/c';\nimport * as t from '../tokens';\nvoid [c, t];",
    'panel/p.ts':
      "import * as k from '../kernels/k';\nimport * as s from '../shared/s';\nimport { Widget } from '@lumino/widgets';\nvoid [k, s, Widget];",
    'plugins/q.ts':
      "import * as p from '../panel/p';\nimport * as m from '../identity/msal';\nvoid [p, m];",
    'index.ts': "import * as q from './plugins/q';\nvoid q;",
    'redirect/index.ts':
      "import * as m from '@azure/msal-browser/redirect-bridge';\nvoid m;"
  });
  assert.deepEqual([...rules], []);
});

test('every rule is run into by one of these tests', () => {
  const proven = new Set([...BREACHES.map(([rule]) => rule), 'no-cycles']);
  const rules = walls.forbidden.map(({ name }) => name);
  assert.deepEqual(
    rules.filter(name => !proven.has(name)),
    []
  );
});
