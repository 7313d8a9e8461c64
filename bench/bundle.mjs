/** The JavaScript that is loaded at start-up, beside what it may weigh. */
import assert from 'node:assert/strict';
import { measureSize } from '../scripts/size.mjs';

/** Less than this would be no JavaScript that starts anything. */
const LEAST_BYTES = 1024;

export default async function bundle() {
  const { chunks, eagerBytes, limit } = await measureSize();
  assert.ok(
    chunks.some(({ eager }) => !eager),
    'The build has nothing that is loaded later.'
  );
  assert.ok(
    eagerBytes >= LEAST_BYTES,
    `The build loads ${eagerBytes} bytes at start-up, which can't be all.`
  );
  return [
    {
      name: 'bundle/eager-gzip-bytes',
      unit: 'bytes',
      ours: eagerBytes,
      reference: limit,
      reference_name: 'limit'
    }
  ];
}
