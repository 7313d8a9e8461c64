/**
 * Entra's errors: the AADSTS codes of the demo and the JSON they come in.
 *
 * Codes and sentences follow "Microsoft Entra authentication and authorization
 * error codes" (learn.microsoft.com, reference-error-codes).
 */
import { randomUUID } from 'node:crypto';

/**
 * @typedef {object} Circumstances what a sentence may name
 * @property {{id: string, name: string, kind: string}} [application]
 * @property {string} [clientId] as it was sent
 * @property {string} [tenant]
 * @property {string} [redirectUri]
 * @property {string} [scope]
 * @property {string} [origin]
 * @property {string} [detail]
 * @property {number} [refreshLifetime] of a SPA's refresh token, seconds
 */

/** code → OAuth 2.0 error, sentence, and what differs from a plain 400 */
const LIST = {
  28000: [
    'invalid_request',
    c =>
      `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${c.scope} is not valid.`
  ],
  50011: [
    'invalid_request',
    c =>
      `The redirect URI '${c.redirectUri}' specified in the request does not match the redirect URIs configured for the application '${c.application?.id}'.`
  ],
  50058: [
    'login_required',
    () => 'A silent sign-in request was sent but no user is signed in.'
  ],
  50173: [
    'invalid_grant',
    () =>
      'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
    { suberror: 'bad_token' }
  ],
  53003: [
    'access_denied',
    () =>
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    { status: 403 }
  ],
  54005: [
    'invalid_grant',
    () =>
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.'
  ],
  65001: [
    'consent_required',
    c =>
      `The user or administrator has not consented to use the application with ID '${c.application?.id}' named '${c.application?.name}'. Send an interactive authorization request for this user and resource.`,
    { suberror: 'consent_required' }
  ],
  65004: ['access_denied', () => 'User declined to consent to access the app.'],
  70000: ['invalid_grant', () => 'Provided grant is invalid or malformed.'],
  70003: [
    'unsupported_grant_type',
    () => 'The app requested an unsupported grant type.'
  ],
  70008: [
    'invalid_grant',
    () =>
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.'
  ],
  70016: [
    'authorization_pending',
    () =>
      'OAuth 2.0 device flow error. Authorization is pending. Continue polling.'
  ],
  70020: [
    'expired_token',
    () =>
      "The provided value for the input parameter 'device_code' is not valid. This device code has expired."
  ],
  90002: [
    'invalid_request',
    c =>
      `Tenant '${c.tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`
  ],
  90055: [
    'temporarily_unavailable',
    () => 'There are too many incoming requests.',
    { status: 429 }
  ],
  500011: [
    'invalid_resource',
    c =>
      `The resource principal named ${c.scope} was not found in the tenant named ${c.tenant}.`
  ],
  501481: [
    'invalid_grant',
    () =>
      'The Code_Verifier does not match the code_challenge supplied in the authorization request.'
  ],
  700016: [
    'unauthorized_client',
    c =>
      `Application with identifier '${c.clientId}' was not found in the directory '${c.tenant}'.`
  ],
  700024: [
    'invalid_client',
    () => 'Client assertion is not within its valid time range.',
    { status: 401 }
  ],
  700025: [
    'invalid_client',
    () =>
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    { status: 401 }
  ],
  700027: [
    'invalid_client',
    c =>
      `The certificate with identifier used to sign the client assertion is not registered on application '${c.application?.id}'.`,
    { status: 401 }
  ],
  700082: [
    'invalid_grant',
    () => 'The refresh token has expired due to inactivity.'
  ],
  700084: [
    'invalid_grant',
    c =>
      `The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of ${days(c.refreshLifetime)}, which can't be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page.`
  ],
  1002012: [
    'invalid_scope',
    c =>
      `The provided value for scope ${c.scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`
  ],
  7000215: [
    'invalid_client',
    c =>
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${c.application?.id}'.`,
    { status: 401 }
  ],
  7000218: [
    'invalid_client',
    () =>
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    { status: 401 }
  ],
  7000222: [
    'invalid_client',
    c =>
      `The provided client secret keys for app '${c.application?.id}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    { status: 401 }
  ],
  9002313: [
    'invalid_request',
    c => `Invalid request. Request is malformed or invalid. ${c.detail ?? ''}`
  ],
  9002325: [
    'invalid_request',
    () =>
      'Proof Key for Code Exchange is required for cross-origin authorization code redemption.'
  ],
  9002326: [
    'invalid_request',
    c =>
      `Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '${c.origin}'.`
  ],
  9002327: [
    'invalid_request',
    () =>
      "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests."
  ]
};

/** An error as Entra gives it. */
export class EntraError extends Error {
  /**
   * @param {number} code one of the list above
   * @param {Circumstances & {error?: string}} [circumstances] `error` where the
   *   OAuth 2.0 error differs from the code's usual one
   */
  constructor(code, circumstances = {}) {
    const [error, sentence, { status = 400, suberror } = {}] = LIST[code];
    super(`AADSTS${code}: ${sentence(circumstances).trim()}`);
    this.name = 'EntraError';
    Object.assign(this, { code, status, suberror });
    this.error = circumstances.error ?? error;
  }

  /** @returns {object} the JSON body of the answer */
  toBody(correlationId = randomUUID()) {
    const trace = randomUUID();
    const timestamp = new Date()
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+/, '');
    return {
      error: this.error,
      error_description: `${this.message} Trace ID: ${trace} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [this.code],
      timestamp,
      trace_id: trace,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${this.code}`,
      ...(this.suberror && { suberror: this.suberror })
    };
  }
}

/** 86400 → `1.00:00:00`, as .NET prints a time span. */
function days(seconds) {
  const clock = new Date((seconds % 86400) * 1000).toISOString().slice(11, 19);
  return `${Math.floor(seconds / 86400)}.${clock}`;
}
