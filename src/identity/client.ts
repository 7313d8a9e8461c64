import type { AccessToken } from '../credentials/token';
import type { IAccount } from '../tokens';

/** An account as the OAuth library knows it. */
export interface IKnownAccount extends IAccount {
  /** Opaque key under which the library finds its tokens. A guest has the same one in all tenants. */
  readonly key: string;
  /** Opaque name of the provider in the library's cache; unknown of an account from an earlier release. */
  readonly environment?: string;
  /** Of the tenant in which this is an account, as the ID token has it; unknown as above, empty where there is none. */
  readonly tenantId?: string;
  /** Of the account in this tenant, as the ID token has it; unknown as above. */
  readonly objectId?: string;
}

/** Whether both are one account in one tenant, as far as an earlier release has noted that. */
export function isSameAccount(a: IKnownAccount, b: IKnownAccount): boolean {
  const isSame = (one?: string, other?: string): boolean =>
    one === undefined || other === undefined || one === other;
  return (
    a.key === b.key &&
    isSame(a.environment, b.environment) &&
    isSame(a.tenantId, b.tenantId) &&
    isSame(a.objectId, b.objectId)
  );
}

/** How an interactive sign-in is watched and called off. */
export interface IInteraction {
  signal: AbortSignal;
  /** Told when the sign-in window was seen to close. */
  onWindowClosed(): void;
  /** Whether a session lives on the tokens under that key: they must survive a sign-in that came too late. */
  isHeld(key: string): boolean;
}

/** The OAuth 2.0 client of one application registration, as a port. All methods throw `CdfAuthError`. */
export interface IOAuthClient {
  /** Must be called while the user's click still counts as one, or the browser blocks the window. */
  signIn(
    scopes: readonly string[],
    interaction: IInteraction
  ): Promise<IKnownAccount>;
  /**
   * A token that is this account's and this tenant's, as far as anybody can see.
   *
   * @throws with `needsSignIn` when no refresh token, or a dead one, is held for the account; and with code
   *   `wrong_account` when what comes is another account's or another tenant's.
   */
  acquire(
    account: IKnownAccount,
    scopes: readonly string[],
    renew: boolean
  ): Promise<AccessToken>;
  /** Drop the account and all its tokens from this browser. */
  forget(account: IKnownAccount): Promise<void>;
}
