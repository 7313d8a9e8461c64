/**
 * oidc-provider, without its warning that Node 20 is unsupported. The version in
 * the lock file runs on Node 20, the tests show that on it, and a newcomer can do
 * nothing about the line. Whatever else oidc-provider has to say is printed.
 */
const WARNING = 'oidc-provider WARNING: Unsupported runtime';

const { warn } = console;
console.warn = (...args) => {
  if (!String(args[0]).includes(WARNING)) {
    warn(...args);
  }
};
// It warns while it is loaded, so a static import would be too early.
const loaded = await import('oidc-provider');
console.warn = warn;

export const { Provider, errors, interactionPolicy } = loaded;
