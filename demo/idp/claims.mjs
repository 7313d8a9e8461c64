/**
 * What the tokens say, as in Entra's "Access token claims reference" and "ID
 * token claims reference" (v2.0).
 */
import { PERMISSION } from './directory.mjs';

/** Roles that an administrator gave the confidential application. */
const APP_ROLES = ['Pipelines.Run'];

/** @param {import('./directory.mjs').Directory} directory */
export function createClaims(directory) {
  const tid = directory.tenant.id;

  return {
    /** oidc-provider's `findAccount`: the claims of the id token. */
    findAccount(_ctx, sub) {
      const user = directory.user(sub);
      return user && { accountId: sub, claims: () => idTokenClaims(user, tid) };
    },

    /** oidc-provider's `formats.customizers.jwt`: the access token. */
    accessToken(_ctx, token, jwt) {
      const { aud, iss, iat, exp, jti } = jwt.payload;
      const user = directory.user(token.accountId);
      jwt.header = { typ: 'JWT' };
      jwt.payload = {
        aud,
        iss,
        iat,
        nbf: iat,
        exp,
        azp: token.clientId,
        ...(user
          ? userClaims(user)
          : appClaims(directory.application(token.clientId))),
        tid,
        uti: jti,
        ver: '2.0'
      };
    },

    /** `client_info` of the token answer: MSAL's name of the account in all tenants. */
    clientInfo(sub) {
      const { oid, home } = directory.user(sub);
      const info = home ?? { uid: oid, utid: tid };
      return Buffer.from(JSON.stringify(info)).toString('base64url');
    }
  };
}

function idTokenClaims(user, tid) {
  return {
    sub: user.sub,
    oid: user.oid,
    tid,
    preferred_username: user.address,
    name: user.name,
    email: user.address,
    ver: '2.0'
  };
}

function userClaims(user) {
  return {
    azpacr: '0',
    oid: user.oid,
    sub: user.sub,
    preferred_username: user.address,
    name: user.name,
    scp: PERMISSION
  };
}

function appClaims(application) {
  return {
    azpacr: '1',
    appid: application.id,
    oid: application.objectId,
    sub: application.objectId,
    roles: APP_ROLES
  };
}
