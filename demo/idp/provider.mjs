/** oidc-provider, set up so that its clients take it for Entra ID. */
import { generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Provider } from './oidc-provider.mjs';
import { createClaims } from './claims.mjs';
import {
  OIDC_SCOPES,
  REFRESH_SCOPE,
  scopesFor,
  scopesOf
} from './directory.mjs';
import { features } from './features.mjs';
import { errorPage } from './pages.mjs';
import { createPrompts } from './prompts.mjs';
import { registration } from './registrations.mjs';
import { translate } from './translate.mjs';

const DAY = 86400;

/** Lifetimes in seconds that Entra's documentation gives and no test needs short. */
const LIFETIMES = {
  AuthorizationCode: 600,
  DeviceCode: 900,
  IdToken: 3600,
  Interaction: 3600,
  Session: DAY,
  Grant: 90 * DAY
};
const NATIVE_REFRESH_LIFETIME = 90 * DAY;

/** What the tenants of a host share: one signs the tokens, the other the cookies. */
export async function createKeys() {
  return {
    signing: await signingKey(),
    cookies: randomBytes(32).toString('hex')
  };
}

/**
 * @param {object} options
 * @param {string} options.issuer
 * @param {Awaited<ReturnType<typeof createKeys>>} options.keys
 * @param {import('./directory.mjs').Directory} options.directory
 * @param {import('./store.mjs').Store} options.store
 * @param {() => number} options.tokenLifetime seconds, of a token that is made now
 * @param {number} options.refreshLifetime seconds, of a SPA's refresh token
 * @param {string} options.signInPath where people are asked, `…/{uid}`
 * @returns {Promise<Provider>}
 */
export async function createProvider(options) {
  const { issuer, keys, directory, store, tokenLifetime, refreshLifetime } =
    options;
  const claims = createClaims(directory);
  // Cookies of one host are shared by its ports, and so by demos side by side.
  const cookie = name => `demo_${new URL(issuer).port}_${name}`;
  const provider = new Provider(issuer, {
    adapter: store.adapter,
    claims: {
      openid: ['sub', 'oid', 'tid', 'preferred_username', 'name', 'ver'],
      profile: [],
      email: ['email']
    },
    clientAuthMethods: ['none', 'client_secret_post', 'client_secret_basic'],
    clientBasedCORS: () => true, // decided in answers.mjs
    clients: directory.applications.map(application =>
      registration(application, directory.secret)
    ),
    clockTolerance: 0,
    conformIdTokenClaims: false,
    cookies: {
      keys: [keys.cookies],
      names: {
        session: cookie('session'),
        interaction: cookie('interaction'),
        resume: cookie('resume')
      }
    },
    expiresWithSession: () => false,
    features: features(options),
    findAccount: claims.findAccount,
    formats: { customizers: { jwt: claims.accessToken } },
    interactions: {
      policy: createPrompts(directory),
      url: (_ctx, interaction) => `${options.signInPath}/${interaction.uid}`
    },
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') &&
      [REFRESH_SCOPE, 'offline_access'].some(name => source.scopes.has(name)),
    jwks: { keys: [keys.signing] },
    loadExistingGrant: ctx => buildGrant(ctx, directory),
    renderError: (ctx, out, error) => {
      const failure = translate(error, {
        application: directory.application(ctx.oidc.params?.client_id),
        clientId: ctx.oidc.params?.client_id,
        redirectUri: ctx.oidc.params?.redirect_uri,
        tenant: directory.tenant.name
      });
      ctx.type = 'html';
      ctx.body = errorPage(failure.message);
    },
    rotateRefreshToken: () => true,
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      device_authorization: '/oauth2/v2.0/devicecode',
      code_verification: '/oauth2/v2.0/deviceauth',
      end_session: '/oauth2/v2.0/logout',
      jwks: '/discovery/v2.0/keys'
    },
    scopes: [...OIDC_SCOPES, REFRESH_SCOPE],
    ttl: {
      ...LIFETIMES,
      AccessToken: tokenLifetime,
      ClientCredentials: tokenLifetime,
      RefreshToken: (ctx, _token, client) => {
        if (directory.application(client.clientId).kind !== 'spa') {
          return NATIVE_REFRESH_LIFETIME;
        }
        // A SPA's refresh tokens share the expiry of the first.
        return (
          ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? refreshLifetime
        );
      }
    }
  });
  allowRedirects(provider, directory);
  return provider;
}

/** A new grant for every sign-in, with what is consented to. */
async function buildGrant(ctx, directory) {
  const { account, client, params, provider, resourceServers } = ctx.oidc;
  const { accountId } = account;
  const { clientId } = client;
  const grant = new provider.Grant({ accountId, clientId });
  const known = [...OIDC_SCOPES, REFRESH_SCOPE];
  grant.addOIDCScope(
    scopesOf(params.scope).filter(name => known.includes(name))
  );
  for (const api of Object.keys(resourceServers)) {
    if (directory.isConsented(accountId, clientId, api)) {
      grant.addResourceScope(api, scopesFor(api));
    }
  }
  await grant.save();
  return grant;
}

/** The way that oidc-provider documents for redirects which aren't a fixed list. */
function allowRedirects(provider, directory) {
  const { prototype } = provider.Client;
  for (const method of ['redirectUriAllowed', 'postLogoutRedirectUriAllowed']) {
    const listed = prototype[method];
    prototype[method] = function allowed(uri) {
      return directory.application(this.clientId).kind === 'spa'
        ? directory.isSpaRedirect(uri)
        : listed.call(this, uri);
    };
  }
}

async function signingKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048
  });
  const jwk = privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: randomUUID(), use: 'sig', alg: 'RS256' };
}
