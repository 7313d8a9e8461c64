/** What somebody does whose sign-in has ended, and what is told of it. */
import {
  BLAME_SECONDS,
  faultsNear,
  inWords,
  LOST_SIGN_IN
} from './fault-windows.mjs';

/**
 * Signs in again whose session has ended, for example as the answer with the new refresh token was lost; notes it,
 * and prints what preceded.
 *
 * @param {import('./environment.mjs').SoakEnvironment} environment
 */
export async function renewSessions(environment) {
  const { notebooks, happened, server } = environment;
  const renew = async ([target, notebook]) => {
    const from = Date.now() / 1000;
    const before = faultsNear(target, [from, from], happened);
    // The server is stopped or away, or the page is: it is looked at again.
    const why = await notebook.renewSession().catch(() => null);
    if (why === null) {
      return;
    }
    const fault = { lane: 'sessions', kind: LOST_SIGN_IN, target, detail: why };
    happened.push({ ...fault, from, to: Date.now() / 1000 });
    const indent = ' '.repeat(10);
    console.log(`${indent}${target} has signed in again (${why})`);
    console.log(
      `${indent}  faults within the ${BLAME_SECONDS} s before: ${inWords(before)}`
    );
    for (const line of await server.lastWarnings()) {
      console.log(`${indent}  server: ${line}`);
    }
  };
  await Promise.all(Object.entries(notebooks).map(renew));
}
