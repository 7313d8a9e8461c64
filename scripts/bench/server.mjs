/** A session on the server, a hundred kernels and its event loop, in Python; it prints its results as JSON. */
import { envBin, envVariables } from '../common/paths.mjs';
import { capture } from '../common/process.mjs';

export default async function server() {
  const output = await capture(
    envBin('lab', 'python'),
    ['test/server/bench_sessions.py'],
    { env: envVariables('lab') }
  );
  return JSON.parse(output);
}
