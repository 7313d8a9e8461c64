import type { AccessToken } from '../credentials/token';
import type { IAccount } from '../tokens';

/** An account as the OAuth library knows it. */
export interface IKnownAccount extends IAccount {
  /** Opaque key under which the library finds its tokens. */
  readonly key: string;
  /** Of the account in its directory, as the ID token has it; unknown of one from an earlier release. */
  readonly objectId?: string;
}

/** How an interactive sign-in is watched and called off. */
export interface IInteraction {
  signal: AbortSignal;
  /** Told when the sign-in window was seen to close. */
  onWindowClosed(): void;
  /** Whether a session lives on that account's tokens: they must survive a sign-in that came too late. */
  isHeld(key: string): boolean;
}

/** The OAuth 2.0 client of one application registration, as a port. All methods throw `CdfAuthError`. */
export interface IOAuthClient {
  /** Must be called while the user's click still counts as one, or the browser blocks the window. */
  signIn(
    scopes: readonly string[],
    interaction: IInteraction
  ): Promise<IKnownAccount>;
  /** @throws with `needsSignIn` when no refresh token, or a dead one, is held for the account. */
  acquire(
    key: string,
    scopes: readonly string[],
    renew: boolean
  ): Promise<AccessToken>;
  /** Drop the account and all its tokens from this browser. */
  forget(key: string): Promise<void>;
}
