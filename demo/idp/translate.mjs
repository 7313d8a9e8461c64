/** Translates the errors of oidc-provider into Entra's. */
import { EntraError } from './aadsts.mjs';

/** oidc-provider's error, a pattern of its detail, and the AADSTS code for it */
const CODES = [
  ['invalid_redirect_uri', /./, 50011],
  ['invalid_grant', /refresh token is expired/, 700082],
  ['invalid_grant', /PKCE|code_verifier/, 501481],
  ['invalid_grant', /authorization code is expired/, 70008],
  ['invalid_grant', /authorization code already consumed/, 54005],
  ['invalid_grant', /device code already consumed/, 70020],
  ['invalid_grant', /./, 70000],
  ['expired_token', /./, 70020],
  ['authorization_pending', /./, 70016],
  ['access_denied', /./, 65004],
  ['invalid_client', /invalid secret/, 7000215],
  ['invalid_client', /not found/, 700016],
  ['invalid_client', /./, 7000218],
  ['invalid_request', /not allowed for this client/, 7000218],
  ['invalid_request', /more than one resource/, 28000],
  ['invalid_request', /PKCE|code_challenge/, 9002325],
  ['invalid_target', /./, 500011],
  ['login_required', /./, 50058],
  ['account_selection_required', /./, 50058],
  ['consent_required', /./, 65001],
  ['unsupported_grant_type', /./, 70003]
];

/**
 * @param {{error?: string, error_description?: string, error_detail?: string}} failure
 * @param {import('./aadsts.mjs').Circumstances} circumstances
 * @returns {EntraError} AADSTS9002313 for what has no code of its own here
 */
export function translate(failure, circumstances) {
  if (failure instanceof EntraError) {
    return failure;
  }
  const detail = `${failure.error_detail} ${failure.error_description}`;
  const [, , code] =
    CODES.find(
      ([error, like]) => error === failure.error && like.test(detail)
    ) ?? [];
  if (!code) {
    return new EntraError(9002313, {
      error: failure.error,
      detail: failure.error_description
    });
  }
  if (code === 700082 && circumstances.application?.kind === 'spa') {
    return new EntraError(700084, circumstances);
  }
  return new EntraError(code, circumstances);
}
