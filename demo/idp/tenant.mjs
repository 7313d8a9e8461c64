/** One tenant of the look-alike: its provider, and the pages on which people decide. */
import { answerLikeEntra } from './answers.mjs';
import { createProvider } from './provider.mjs';
import { createSignIn } from './sign-in.mjs';

/**
 * @param {object} options what `createProvider` and `answerLikeEntra` take, but for
 *   what is made here
 * @param {import('./directory.mjs').Directory} options.directory
 */
export async function createTenant(options) {
  const { directory } = options;
  const root = `/${directory.tenant.id}`;
  const signInPath = `${root}/signin`;
  const provider = await createProvider({ ...options, signInPath });
  provider.use(answerLikeEntra({ ...options, provider }));
  return {
    root,
    directory,
    signInPath,
    signIn: createSignIn({ provider, directory, path: signInPath }),
    callback: provider.callback()
  };
}
