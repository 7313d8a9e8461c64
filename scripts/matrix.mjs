/**
 * `npm run matrix`: runs the situations in every kernel and writes what they gave
 * to docs/kernels.md. Columns of Pythons that this machine hasn't got stay as they are.
 */
import process from 'node:process';
import { parseOptions } from './common/options.mjs';
import { pytest, SIDE_BY_SIDE } from './test/runners.mjs';
import { orExplain, setup } from './setup.mjs';

parseOptions('npm run matrix --', {});
await orExplain(async () => {
  await setup({ matrix: true, build: false });
  const options = [...SIDE_BY_SIDE, '--update-matrix'];
  const counts = await pytest(
    'matrix',
    ['test/kernel/matrix', 'test/kernel/test_xeus.py'],
    options,
    // Or some situations would be seen in two of the kernels only.
    { deep: true }
  );
  process.exitCode = counts.failed ? 1 : 0;
});
