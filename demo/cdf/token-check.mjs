/** Verifies the access tokens that a cluster is given, with no leniency. */
import { createRemoteJWKSet, jwtVerify } from 'jose';

/**
 * @param {object} options
 * @param {string[]} options.issuers
 * @param {string} options.audience the cluster's
 * @param {string} options.jwksUri where the issuers publish their keys
 * @returns {(authorization?: string) => Promise<import('jose').JWTPayload | undefined>}
 *   the claims, or `undefined` for what isn't a good token
 */
export function createTokenCheck({ issuers, audience, jwksUri }) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  return async authorization => {
    const [, token] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
    if (!token) {
      return undefined;
    }
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: issuers,
        audience,
        algorithms: ['RS256'],
        clockTolerance: 0,
        requiredClaims: ['exp', 'oid', 'sub']
      });
      return payload;
    } catch {
      return undefined;
    }
  };
}
