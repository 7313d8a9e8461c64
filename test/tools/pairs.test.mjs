import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  differenceBounds,
  measurePairs,
  rowOf
} from '../../bench/lab/pairs.mjs';

const numbers = count => Array.from({ length: count }, (_, index) => index + 1);

it('bounds the median as the tables of the sign test have it', () => {
  assert.deepEqual(differenceBounds(numbers(20).reverse()), [6, 15]);
  assert.deepEqual(differenceBounds(numbers(10)), [2, 9]);
  assert.deepEqual(differenceBounds(numbers(3)), [1, 3]);
});

it('measures alternately, each first as often as the other', async () => {
  const order = [];
  const measure = name => async () => order.push(name);
  await measurePairs(2, measure('ours'), measure('reference'));
  assert.deepEqual(order, ['ours', 'reference', 'reference', 'ours']);
});

it('gives the medians, and says within which bounds they differ', () => {
  const pairs = numbers(20).map(n => ({ ours: 100 + n, reference: 100 }));
  const row = rowOf({ name: 'a/b', unit: 'ms', reference_name: 'x' }, pairs);
  assert.equal(row.ours, 110);
  assert.equal(row.reference, 100);
  assert.equal(
    row.reference_name,
    'x; 20 pairs, median difference +6 to +15 ms at 95 %'
  );
});
