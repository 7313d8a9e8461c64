/**
 * What the tenant knows: people, app registrations, APIs and who consented to what.
 */
const REDIRECT =
  /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?\/([^?#\\]*\/)?cdf-auth\/redirect$/;

/** Scopes of OpenID Connect, which belong to no API. */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'];

/**
 * `offline_access` by a name that oidc-provider does not drop from requests
 * without `prompt=consent`; Entra grants it without asking.
 */
export const REFRESH_SCOPE = 'demo_refresh';

/** The grant type of RFC 8628. */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** The delegated permission that every API of the demo publishes. */
export const PERMISSION = 'user_impersonation';

export class Directory {
  #consents = new Set();
  /** Whether the confidential application's secret has expired; its certificate hasn't. */
  isSecretExpired = false;

  /**
   * @param {object} contents
   * @param {{id: string, name: string}} contents.tenant
   * @param {Record<string, {kind: string, id: string, name: string}>} contents.applications
   * @param {{name: string, address: string, oid: string, sub: string, home?: object}[]} contents.users
   *   guests have a `home`
   * @param {Record<string, {consented: boolean}>} contents.apis by identifier URI
   * @param {string} contents.secret of the confidential application
   * @param {import('./client-certificate.mjs').ClientCertificate} contents.certificate
   *   of the same application
   * @param {string} contents.tokenEndpoint for whom a client signs
   */
  constructor({ applications, ...contents }) {
    Object.assign(this, contents);
    this.applications = Object.values(applications);
  }

  /** @param {string} [id] */
  application(id) {
    return this.applications.find(application => application.id === id);
  }

  /** @param {string} sub */
  user(sub) {
    return this.users.find(user => user.sub === sub);
  }

  /** @param {string} address an e-mail like name, any case */
  userByAddress(address) {
    return this.users.find(user => user.address === address?.toLowerCase());
  }

  /** Whether an administrator or this person let the application use the API. */
  isConsented(sub, clientId, api) {
    const key = [sub, clientId, api].join(' ');
    return this.apis[api]?.consented || this.#consents.has(key);
  }

  /** Remembers that a person let an application use an API. */
  consent(sub, clientId, api) {
    this.#consents.add([sub, clientId, api].join(' '));
  }

  /**
   * Entra ignores the port of a loopback redirect. The demo also takes any path
   * in front of `cdf-auth/redirect`, because every Jupyter server has its own.
   *
   * @param {string} uri
   */
  isSpaRedirect(uri) {
    return REDIRECT.test(uri);
  }
}

/** The scopes of APIs: those of OpenID Connect hold no slash. @param {string} [scope] */
export function apiScopesOf(scope) {
  return scopesOf(scope).filter(name => name.includes('/'));
}

/**
 * The APIs that a `scope` names: `https://api/.default` → `https://api`.
 *
 * @param {string} [scope] separated by spaces
 * @returns {string[]}
 */
export function apisOf(scope) {
  const names = apiScopesOf(scope);
  return [...new Set(names.map(name => name.slice(0, name.lastIndexOf('/'))))];
}

/** @param {string} [scope] @returns {string[]} */
export function scopesOf(scope) {
  return (scope ?? '').split(' ').filter(Boolean);
}

/** @param {string} api @returns {string[]} the scopes that a client may ask of it */
export function scopesFor(api) {
  return [`${api}/.default`, `${api}/${PERMISSION}`];
}
