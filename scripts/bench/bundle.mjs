/** The JavaScript that is loaded at start-up, beside what it may weigh. */
import { measureSize } from '../size.mjs';

export default async function bundle() {
  const { eagerBytes, limit } = await measureSize();
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
