import process from 'node:process';
import { startDemoProcess } from '../../scripts/common/demo-process.mjs';

/** Seconds for which the demo's access tokens are good: a minute sees several of them. */
const TOKEN_LIFETIME = 20;

/** Start the demo as a user does, and stop it as a user does. */
export default async function startDemo() {
  const { ready, stop } = await startDemoProcess([
    '--token-lifetime',
    String(TOKEN_LIFETIME)
  ]);
  process.env.CDF_AUTH_DEMO = JSON.stringify(ready);
  return stop;
}
