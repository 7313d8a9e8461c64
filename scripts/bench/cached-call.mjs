/** `get_token()` with a token at hand, in Python; it prints its results as JSON. */
import { envBin, envVariables } from '../common/paths.mjs';
import { capture } from '../common/process.mjs';

export default async function cachedCall() {
  const output = await capture(
    envBin('lab', 'python'),
    ['test/kernel/bench_cached_call.py'],
    { env: envVariables('lab') }
  );
  return JSON.parse(output);
}
