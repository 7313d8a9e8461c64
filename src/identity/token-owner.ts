/**
 * Whose a token is, as far as it can be read. Nothing is verified here: whoever takes the token does that.
 * The same rules as the server's `token_owner.py`, and the same examples: `test/vectors/token-owners.json`.
 */
import { CdfAuthError } from '../shared/errors';
import { readClaims } from '../shared/jwt';
import type { IConnection } from '../tokens';
import type { IKnownAccount } from './client';

/** How Entra ID writes the ids of tenants and accounts; those of other providers say nothing here. */
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Whether a token names another account or tenant, by Entra ID's claims `tid` and `oid`.
 *
 * A token that can't be read, or lacks these claims, is accepted.
 */
export function isForeignToken(
  token: string,
  { tenantId, objectId }: Pick<IKnownAccount, 'tenantId' | 'objectId'>
): boolean {
  const [, payload, signature, more] = token.split('.');
  const isJwt = signature !== undefined && more === undefined;
  const claims = isJwt && isGuid(tenantId) ? readClaims(payload ?? '') : null;
  return (
    isOther(claims?.['tid'], tenantId) || isOther(claims?.['oid'], objectId)
  );
}

/** Whether the connection contains a tenant id, and this is another one. */
export function isOtherTenant(
  { tenant, authority }: IConnection,
  tenantId: string
): boolean {
  const named = authority.split('/').find(isGuid) ?? tenant;
  return isGuid(tenantId) && isOther(tenantId, named);
}

/** The error for a token that isn't of the session's account in its tenant. */
export function wrongAccount(): CdfAuthError {
  return new CdfAuthError(
    'wrong_account',
    'The sign-in service returned a token for another account or tenant. It was not used.',
    'Sign in again: waiting cells then go on.',
    { needsSignIn: true }
  );
}

/** The error for a sign-in to another tenant. */
export function wrongTenant(username: string): CdfAuthError {
  return new CdfAuthError(
    'wrong_tenant',
    `${username} signed in to a different tenant than the connection's.`,
    'Check "tenant" and "authority" of the connection in the settings, then sign in again.'
  );
}

function isOther(claim: unknown, own: string | undefined): boolean {
  return (
    isGuid(own) &&
    typeof claim === 'string' &&
    claim !== '' &&
    claim.toLowerCase() !== own.toLowerCase()
  );
}

function isGuid(text: string | undefined): text is string {
  return GUID.test(text ?? '');
}
