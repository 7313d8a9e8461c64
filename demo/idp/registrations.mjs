/** The app registrations, in oidc-provider's words. */
import { DEVICE_CODE } from './directory.mjs';

/** Any allowed one; the rule itself is `Directory.isSpaRedirect`. */
const SPA_REDIRECT = 'http://localhost/cdf-auth/redirect';

/**
 * @param {{kind: string, id: string, name: string}} application
 * @param {string} secret of a confidential one
 * @returns {object} client metadata (OpenID Connect Dynamic Client Registration)
 */
export function registration(application, secret) {
  const common = { client_id: application.id, client_name: application.name };
  switch (application.kind) {
    case 'spa':
      return {
        ...common,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [SPA_REDIRECT],
        post_logout_redirect_uris: [SPA_REDIRECT]
      };
    case 'native':
      return {
        ...common,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
        redirect_uris: ['http://localhost']
      };
    default:
      return {
        ...common,
        token_endpoint_auth_method: 'client_secret_post',
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: []
      };
  }
}
