/**
 * Reads MSAL's accounts and token responses. Its types are described here again: only `msal.ts` imports msal-browser.
 */
import type { IConnection } from '../tokens';
import type { IKnownAccount } from './client';
import { isForeignToken, isOtherTenant } from './token-owner';

/** What is read of MSAL's `AccountInfo`. */
interface IMsalAccount {
  homeAccountId: string;
  environment: string;
  tenantId: string;
  localAccountId: string;
  username: string;
  name?: string;
}

/** What is read of MSAL's `AuthenticationResult`; the ids are empty if it has no ID token. */
interface IMsalResult {
  tenantId: string;
  uniqueId: string;
  accessToken: string;
}

/** The account as sessions know it. */
export function known(account: IMsalAccount): IKnownAccount {
  return {
    key: account.homeAccountId,
    name: account.name ?? account.username,
    username: account.username,
    environment: account.environment,
    tenantId: account.tenantId,
    objectId: account.localAccountId
  };
}

/** The account of a session among those with its ids, or `undefined` if there is none, or if it isn't clear which. */
export function choose<T extends IMsalAccount>(
  accounts: readonly T[],
  { environment }: IKnownAccount,
  connection: IConnection
): T | undefined {
  const found = accounts.filter(
    one => !isOtherTenant(connection, one.tenantId)
  );
  // Of one from an earlier release not everything is known; there is no guessing between several.
  return (
    found.find(one => one.environment === environment) ??
    (found.length === 1 ? found[0] : undefined)
  );
}

/**
 * Whether a token belongs to the account in its tenant, by the ID token. If there is none, the account counts for
 * which MSAL stored the tokens. The access token's claims must not name another account or tenant.
 */
export function belongsTo(
  { tenantId, localAccountId: objectId }: IMsalAccount,
  { tenantId: tid, uniqueId: oid, accessToken }: IMsalResult
): boolean {
  return (
    ['', tenantId].includes(tid) &&
    ['', objectId].includes(oid) &&
    !isForeignToken(accessToken, { tenantId, objectId })
  );
}
