import { CdfAuthError } from '../shared/errors';
import { aadstsIn, badAnswer } from './answers';

/** What was under way: a person was in the sign-in window, or a token was renewed behind the scenes. */
type Stage = 'sign-in' | 'renewal';

/** What is said for an error, by MSAL's code for it. */
type Sentences = Readonly<
  Record<string, readonly [code: string, message: string, action: string]>
>;

/** What only a sign-in window can have met. */
const OF_WINDOW: Sentences = {
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
  ]
};

/**
 * Sentences for the errors of msal-browser 5, whose own messages are only links.
 *
 * Keys are MSAL's `errorCode`s: `BrowserAuthErrorCodes`, `ClientAuthErrorCodes` and
 * `InteractionRequiredAuthErrorCodes` in its source, and the `error` of an OAuth error response.
 */
const SENTENCES: Sentences = {
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

const SERVICE = 'The sign-in service';

/** Conditional Access errors are AADSTS53xxx and 53xxxx, whatever `error` says. */
const OF_POLICY = /^AADSTS53\d{3}/;

interface IMsalError {
  name?: string;
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
  fault: CdfAuthError | null,
  stage: Stage
): CdfAuthError {
  if (error instanceof CdfAuthError) {
    return error;
  }
  if (fault) {
    return fault;
  }
  const isRenewal = stage === 'renewal';
  if (!isMsalError(error)) {
    // MSAL stumbles over parts of an answer that make no sense.
    return isRenewal
      ? badAnswer(SERVICE, error)
      : new CdfAuthError(
          'sign_in_failed',
          'The sign-in failed for an unknown reason.',
          "Try again. If it stays, the details are in the browser's console.",
          { cause: error }
        );
  }
  const { errorCode, subError = '' } = error;
  const aadsts = aadstsIn(error.errorMessage ?? '');
  if (aadsts && OF_POLICY.test(aadsts)) {
    return new CdfAuthError(
      'blocked_by_policy',
      `A policy of your organisation blocks this sign-in. ${aadsts}`,
      'Sign in again in the way that the policy wants, or show this text to your administrator.',
      { cause: error, needsSignIn: true }
    );
  }
  const needsSignIn =
    NEEDS_SIGN_IN.includes(errorCode) ||
    (isRenewal && errorCode === 'access_denied');
  const known =
    SENTENCES[subError] ??
    SENTENCES[errorCode] ??
    (isRenewal ? undefined : OF_WINDOW[errorCode]);
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
  // What MSAL itself finds wrong with an answer, for example an ID token that can't be read.
  if (isRenewal && error.name === 'ClientAuthError') {
    return badAnswer(SERVICE, error);
  }
  return new CdfAuthError(
    'sign_in_failed',
    aadsts ?? `The sign-in service refused: ${errorCode}.`,
    'Check the connection in the settings, or show this text to your administrator.',
    { cause: error }
  );
}

function isMsalError(error: unknown): error is IMsalError {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as IMsalError).errorCode === 'string'
  );
}
