/**
 * Tells answers of OAuth 2.0 from others. Any other answer, for example a guest network's page, is a temporary
 * fault: the renewal waits. `docs/faults.md` has the whole table.
 */
import { CdfAuthError } from '../shared/errors';
import type { IJsonAnswer } from '../shared/http';
import { serverFault } from '../shared/http';

/** The `error`s of a provider that is too busy (RFC 6749, section 4.1.2.1). */
const BUSY = ['temporarily_unavailable', 'server_error'];

/** HTTP statuses with which no provider refuses anything, whatever the body says. */
const OF_PROXIES = [407, 408];

/** What can be sent as a bearer token (RFC 6750, section 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;

const LATER = 'Usually this passes within minutes; then try again.';
const NETWORK =
  'If you are on a guest network, open any page in the browser and accept its terms. Otherwise check the network, proxy or VPN, and "authority" in the settings.';

/** What the faults of a request (see `fetchJson`) are called where a provider was asked, and what to do. */
const FAULTS: Readonly<
  Record<string, readonly [code: string, action: string]>
> = {
  unreachable: ['provider_unreachable', NETWORK],
  timeout: ['provider_unreachable', NETWORK],
  not_json: ['provider_bad_answer', NETWORK],
  server_fault: ['provider_bad_answer', LATER]
};

/** The error for a fault of a request to a provider. */
export function providerFault(error: CdfAuthError): CdfAuthError {
  const [code, action] = FAULTS[error.code] ?? [error.code, error.action];
  const message =
    error.code === 'not_json'
      ? `${error.message} It was probably a page of the network or of a proxy.`
      : error.message;
  return new CdfAuthError(code, message, action, {
    cause: error,
    transient: true
  });
}

/** The error for an answer that holds nothing to be used. */
export function badAnswer(what: string, cause?: unknown): CdfAuthError {
  return new CdfAuthError(
    'provider_bad_answer',
    `${what} gave an answer that can't be used.`,
    NETWORK,
    { cause, transient: true }
  );
}

/**
 * The error for an answer that is a temporary fault, or `null` for one of OAuth 2.0. MSAL doesn't get to see it: it
 * would fail all requests of the next minute with a bare number, or take an answer without a token for one with an
 * empty token.
 *
 * @param what - who has answered, as the user knows it.
 * @param isDiscovery - whether the configuration was asked for, and no token.
 */
export function temporaryFault(
  what: string,
  isDiscovery: boolean,
  { status, body }: IJsonAnswer
): CdfAuthError | null {
  if (status >= 500) {
    return serverFault(what, status);
  }
  const fields = (body ?? {}) as Partial<Record<string, unknown>>;
  const { error, error_description: told } = fields;
  if (status === 429 || BUSY.includes(String(error))) {
    return new CdfAuthError(
      'provider_busy',
      aadstsIn(String(told)) ?? `${what} is too busy to answer.`,
      LATER,
      { transient: true }
    );
  }
  const isRefusal = status >= 400 && !OF_PROXIES.includes(status);
  if (typeof error === 'string' && error && (isRefusal || status === 200)) {
    return null;
  }
  const isGood =
    status === 200 &&
    (isDiscovery ? isText(fields['token_endpoint']) : hasToken(fields));
  return isGood ? null : badAnswer(`${what} (HTTP ${status})`);
}

/** Whether it is a token response (RFC 6749, section 5.1); some providers write the number as text. */
function hasToken({
  access_token: token,
  token_type: type,
  expires_in: lifetime
}: Partial<Record<string, unknown>>): boolean {
  const seconds = isText(lifetime) ? Number(lifetime) : lifetime;
  return (
    isText(token) &&
    TOKEN.test(token) &&
    isText(type) &&
    type.toLowerCase() === 'bearer' &&
    Number.isFinite(seconds) &&
    (seconds as number) > 0
  );
}

/** The provider's own sentence, first line only: trace ids follow on the others. */
export function aadstsIn(text: string): string | null {
  const match = /AADSTS\d+[^\r\n]*/.exec(text);
  return match ? match[0].replace(/\s*Trace ID:.*$/, '').trim() : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
