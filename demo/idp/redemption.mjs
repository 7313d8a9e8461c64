/**
 * Entra's rules for who may send what to the token endpoint, checked before
 * oidc-provider sees the request.
 */
import { EntraError } from './aadsts.mjs';
import { ASSERTION_TYPE } from './client-certificate.mjs';
import {
  apisOf,
  DEVICE_CODE,
  OIDC_SCOPES,
  scopesFor,
  scopesOf
} from './directory.mjs';

/**
 * @param {Record<string, string>} sent the request's parameters
 * @param {object} context
 * @param {string} [context.origin] the `Origin` header
 * @param {boolean} context.basic whether credentials came as HTTP Basic
 * @param {import('./directory.mjs').Directory} context.directory
 * @param {import('./store.mjs').Store} context.store
 * @returns {Promise<Record<string, string>>} the form for oidc-provider
 * @throws {EntraError}
 */
export async function checkRedemption(
  sent,
  { origin, basic, directory, store }
) {
  const application = directory.application(sent.client_id);
  if (application || !basic) {
    checkApplication(application, sent, { origin, basic, directory });
  }
  const form = await knowByCertificate(sent, application, directory);
  switch (form.grant_type) {
    case 'client_credentials':
      return clientCredentials(form);
    case 'refresh_token':
      return refresh(form, { application, directory, store });
    case 'device_code':
      // The short name, which older libraries send.
      return { ...form, grant_type: DEVICE_CODE };
    default:
      return form;
  }
}

function checkApplication(application, form, { origin, basic, directory }) {
  if (!application) {
    throw new EntraError(700016, {
      clientId: form.client_id,
      tenant: directory.tenant.name
    });
  }
  const spa = application.kind === 'spa';
  if (origin && !spa) {
    throw new EntraError(9002326, { origin });
  }
  if (!origin && spa) {
    throw new EntraError(9002327);
  }
  const secret = form.client_secret || form.client_assertion || basic;
  if (application.kind === 'confidential') {
    if (!secret) {
      throw new EntraError(7000218);
    }
    if (directory.isSecretExpired && form.client_secret === directory.secret) {
      throw new EntraError(7000222, { application });
    }
  } else if (secret) {
    throw new EntraError(700025);
  }
}

/**
 * In Entra one application may have both; oidc-provider knows one way for each. So
 * who proves to have the certificate gets the secret filled in.
 */
async function knowByCertificate(form, application, directory) {
  const { client_assertion, client_assertion_type, ...others } = form;
  if (!client_assertion || !application) {
    return form;
  }
  if (client_assertion_type !== ASSERTION_TYPE) {
    throw new EntraError(9002313, { detail: 'client_assertion_type' });
  }
  await directory.certificate.verify(
    client_assertion,
    application,
    directory.tokenEndpoint
  );
  return { ...others, client_secret: directory.secret };
}

function clientCredentials(form) {
  const scopes = scopesOf(form.scope);
  if (scopes.length !== 1 || !scopes[0].endsWith('/.default')) {
    throw new EntraError(1002012, { scope: form.scope });
  }
  return form;
}

/**
 * In Entra a refresh token serves every API that the person consented to;
 * oidc-provider's serves those of the first sign-in. So the stored token grows.
 */
function refresh(form, { application, directory, store }) {
  const id = form.refresh_token;
  if (store.isRevoked(id)) {
    throw new EntraError(50173);
  }
  const token = store.refreshToken(id);
  if (!token || !application || token.clientId !== application.id) {
    return form;
  }
  const grant = store.grant(token.grantId);
  const apis = apisOf(form.scope);
  if (apis.length > 1) {
    throw new EntraError(28000, { scope: form.scope });
  }
  for (const api of apis) {
    if (!directory.apis[api]) {
      throw new EntraError(500011, {
        scope: api,
        tenant: directory.tenant.name
      });
    }
    if (!directory.isConsented(token.accountId, application.id, api)) {
      throw new EntraError(65001, { application, error: 'invalid_grant' });
    }
    if (grant) {
      widen(token, grant, api);
    }
  }
  // Scopes of OpenID Connect can't be widened; offline_access is implied.
  const scope = scopesOf(form.scope).filter(
    name => !OIDC_SCOPES.includes(name) || scopesOf(token.scope).includes(name)
  );
  return { ...form, scope: scope.join(' ') };
}

function widen(token, grant, api) {
  const scopes = scopesFor(api);
  token.resource = [...new Set([token.resource ?? [], api].flat())];
  token.scope = [...new Set([...scopesOf(token.scope), ...scopes])].join(' ');
  grant.resources = { ...grant.resources, [api]: scopes.join(' ') };
}
