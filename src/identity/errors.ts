import { CdfAuthError } from '../shared/errors';
import type { IJsonAnswer } from '../shared/http';
import { serverFault } from '../shared/http';

/**
 * Sentences for the errors of msal-browser 5, whose own messages are only links.
 *
 * Keys are MSAL's `errorCode`s: `BrowserAuthErrorCodes`, `ClientAuthErrorCodes` and
 * `InteractionRequiredAuthErrorCodes` in its source, and the `error` of an OAuth error response.
 */
const SENTENCES: Readonly<
  Record<string, readonly [code: string, message: string, action: string]>
> = {
  popup_window_error: [
    'popup_blocked',
    'The browser blocked the sign-in window.',
    'Allow pop-ups for this page (often a symbol in the address bar), then click "Sign in" again.'
  ],
  empty_window_error: [
    'popup_blocked',
    "The sign-in window couldn't be opened.",
    'Allow pop-ups for this page, then click "Sign in" again.'
  ],
  timed_out: [
    'sign_in_timeout',
    'The sign-in window gave no answer within five minutes.',
    'Click "Sign in" again. If the window shows an error, its text says what is wrong.'
  ],
  user_cancelled: [
    'sign_in_declined',
    'The sign-in was cancelled in the sign-in window.',
    'Click "Sign in" to try again.'
  ],
  access_denied: [
    'sign_in_declined',
    'The sign-in was cancelled in the sign-in window.',
    'Click "Sign in" to try again.'
  ],
  crypto_nonexistent: [
    'insecure_page',
    'Browsers forbid a sign-in on a page that is served over plain http.',
    'Open JupyterLab over https or as http://localhost.'
  ],
  endpoints_resolution_error: [
    'provider_unusable',
    "The sign-in service's configuration can't be read.",
    'Check "tenant" and "authority" of the connection in the settings.'
  ],
  openid_config_error: [
    'provider_unusable',
    "The sign-in service's configuration can't be read.",
    'Check "tenant" and "authority" of the connection in the settings.'
  ],
  untrusted_authority: [
    'provider_unusable',
    "The sign-in service isn't one that this connection trusts.",
    'Check "authority" of the connection in the settings.'
  ],
  no_network_connectivity: [
    'offline',
    'This computer is offline.',
    'Connect to the network and try again.'
  ],
  consent_required: [
    'consent_required',
    'The account has not consented to this access.',
    'Sign in again and accept, or ask an administrator to grant consent.'
  ]
};

/** MSAL's codes for "only the user can help", besides its InteractionRequiredAuthError. */
const NEEDS_SIGN_IN = [
  'invalid_grant',
  'interaction_required',
  'login_required',
  'consent_required',
  'refresh_token_expired',
  'no_tokens_found',
  'no_account_error',
  'no_account_in_silent_request',
  'bad_token'
];

/** The `error`s of an OAuth error response with which a provider asks for patience (RFC 6749, section 4.1.2.1). */
const BUSY = ['temporarily_unavailable', 'server_error'];

/**
 * The error for an answer that time mends, or `null` for another one. MSAL doesn't get to see it: it would
 * fail all requests of the next minute with a bare number.
 *
 * @param what - who has answered, as the user knows it.
 */
export function busy(
  what: string,
  { status, body }: IJsonAnswer
): CdfAuthError | null {
  if (status >= 500) {
    return serverFault(what, status);
  }
  const { error, error_description: told } = (body ?? {}) as Partial<
    Record<string, unknown>
  >;
  if (status !== 429 && !BUSY.includes(String(error))) {
    return null;
  }
  return new CdfAuthError(
    'provider_busy',
    aadstsIn(String(told)) ?? `${what} is too busy to answer.`,
    'Usually this passes within minutes; then try again.',
    { transient: true }
  );
}

interface IMsalError {
  errorCode: string;
  /** Entra's reason within `invalid_grant`, for example a consent that one scope lacks. */
  subError?: string;
  errorMessage?: string;
}

/**
 * Explain what msal-browser threw.
 *
 * @param fault - what our network client saw last: MSAL replaces it by a bare `network_error`.
 */
export function explain(
  error: unknown,
  fault: CdfAuthError | null
): CdfAuthError {
  if (error instanceof CdfAuthError) {
    return error;
  }
  if (fault) {
    return fault;
  }
  if (!isMsalError(error)) {
    return new CdfAuthError(
      'sign_in_failed',
      'The sign-in failed for an unknown reason.',
      "Try again. If it stays, the details are in the browser's console.",
      { cause: error }
    );
  }
  const aadsts = aadstsIn(error.errorMessage ?? '');
  const needsSignIn = NEEDS_SIGN_IN.includes(error.errorCode);
  const known = SENTENCES[error.subError ?? ''] ?? SENTENCES[error.errorCode];
  if (known) {
    const [code, message, action] = known;
    return new CdfAuthError(
      code,
      aadsts ? `${message} ${aadsts}` : message,
      action,
      { cause: error, needsSignIn }
    );
  }
  if (needsSignIn) {
    return new CdfAuthError(
      'sign_in_required',
      aadsts ?? 'The sign-in has ended.',
      'Sign in again: waiting cells then go on.',
      { cause: error, needsSignIn }
    );
  }
  return new CdfAuthError(
    'sign_in_failed',
    aadsts ?? `The sign-in service refused: ${error.errorCode}.`,
    'Check the connection in the settings, or show this text to your administrator.',
    { cause: error }
  );
}

/** The provider's own sentence, first line only: trace ids follow on the others. */
function aadstsIn(text: string): string | null {
  const match = /AADSTS\d+[^\r\n]*/.exec(text);
  return match ? match[0].replace(/\s*Trace ID:.*$/, '').trim() : null;
}

function isMsalError(error: unknown): error is IMsalError {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as IMsalError).errorCode === 'string'
  );
}
