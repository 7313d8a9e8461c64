/**
 * Whose a token is, as far as it can be read. Nothing is verified here: whoever takes the token does that.
 * The same rules as the server's `proof.py`, and the same examples: `test/vectors/proofs.json`.
 */
import { CdfAuthError } from '../shared/errors';
import { readClaims } from '../shared/jwt';
import type { IConnection } from '../tokens';
import type { IKnownAccount } from './client';

/** How Entra ID writes the ids of tenants and accounts; those of other providers say nothing here. */
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Whether a token is visibly another account's or another tenant's, by Entra ID's claims `tid` and `oid`.
 *
 * One that can't be read, or has no such claims, contradicts nothing.
 */
export function contradicts(
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

/** Whether the connection names a tenant by its id, and this is another one. */
export function isElsewhere(
  { tenant, authority }: IConnection,
  tenantId: string
): boolean {
  return (
    isGuid(tenantId) &&
    [tenant, ...authority.split('/')].some(named => isOther(tenantId, named))
  );
}

/** The error for a token that isn't of the session's account in its tenant. */
export function wrongAccount(): CdfAuthError {
  return new CdfAuthError(
    'wrong_account',
    'The sign-in service gave a token of another account or tenant, which is not used.',
    'Sign in again: waiting cells then go on.',
    { needsSignIn: true }
  );
}

/** The error for a sign-in elsewhere. */
export function wrongTenant(username: string): CdfAuthError {
  return new CdfAuthError(
    'wrong_tenant',
    `${username} has signed in to another tenant than that of the connection.`,
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
