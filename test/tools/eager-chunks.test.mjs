import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eagerChunks } from '../../scripts/size/eager-chunks.mjs';

const CONTAINER = 'container entry (default) [["./index",{}]]';
const FALLBACK =
  'consume shared module (default) left-pad@^1 (fallback: /a.js)';

const chunk = (id, modules, ...askedBy) => ({
  id,
  initial: askedBy.length === 0,
  modules,
  origins: askedBy.map(module => ({ module, request: '' }))
});

const eager = (...chunks) => [...eagerChunks(chunks)].sort();

const entry = chunk('entry', [CONTAINER]);

test('the remote entry and what it exposes are eager, an import() is not', () => {
  const index = chunk('index', ['lib/index.js'], CONTAINER);
  const lazy = chunk('lazy', ['msal.mjs'], 'lib/index.js');
  assert.deepEqual(eager(entry, index, lazy), ['entry', 'index']);
});

test('a bundled fallback for a shared package of an eager chunk is eager', () => {
  const index = chunk('index', ['lib/index.js', FALLBACK], CONTAINER);
  const fallback = chunk('pad', ['/a.js'], FALLBACK);
  assert.deepEqual(eager(entry, fallback, index), ['entry', 'index', 'pad']);
});

test('one for a shared package of a lazy chunk is not', () => {
  const index = chunk('index', ['lib/index.js'], CONTAINER);
  const lazy = chunk('lazy', ['b.js', FALLBACK], 'lib/index.js');
  const fallback = chunk('pad', ['/a.js'], FALLBACK);
  assert.deepEqual(eager(entry, index, lazy, fallback), ['entry', 'index']);
});

test('a chunk that is asked for eagerly and lazily is eager', () => {
  const index = chunk('index', ['lib/index.js'], CONTAINER, 'lib/index.js');
  assert.deepEqual(eager(entry, index), ['entry', 'index']);
});

test('a build without a remote entry is refused', () => {
  const index = chunk('index', ['lib/index.js'], CONTAINER);
  assert.throws(() => eagerChunks([index]), /no remote entry/);
});
