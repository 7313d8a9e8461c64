import type { AccessToken } from './token';

/** Where access tokens come from, as a port: a sign-in session is one. */
export interface ITokenSource {
  /**
   * @param renew - whether a token from the provider is wanted, not one from a cache.
   * @throws `CdfAuthError`; `needsSignIn` and `transient` say what kind.
   */
  acquire(scopes: readonly string[], renew: boolean): Promise<AccessToken>;
}
