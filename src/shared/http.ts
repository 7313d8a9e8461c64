import { CdfAuthError, cancelled } from './errors';

/** The browser's `fetch`, as a port. */
export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

/** What came back: the HTTP status and the parsed JSON body. */
export interface IJsonAnswer {
  status: number;
  body: unknown;
}

/** How long a request may take in milliseconds, and who may call it off. */
export interface IRequestLimits {
  timeout: number;
  signal?: AbortSignal;
}

/**
 * Fetch JSON within a limit.
 *
 * @param what - who is asked, as the user knows it; it stands in the error's sentence.
 * @throws `CdfAuthError` with code `timeout`, `unreachable`, `not_json` or `cancelled`. An HTTP error status
 * is not thrown: its meaning is the caller's business.
 */
export async function fetchJson(
  fetch: Fetch,
  what: string,
  url: string,
  init: RequestInit,
  limits: IRequestLimits
): Promise<IJsonAnswer> {
  return withTimeout(what, limits, async signal => {
    let response: Response;
    try {
      response = await fetch(url, { ...init, signal, redirect: 'error' });
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      throw new CdfAuthError(
        'unreachable',
        `${what} can't be reached.`,
        'Check the network, a proxy or VPN, and the address in the settings.',
        { cause: error, transient: true }
      );
    }
    try {
      const body: unknown = await response.json();
      return { status: response.status, body };
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      throw notJson(what, response.status, error);
    }
  });
}

/** Run `work` with an abort signal that fires on the caller's signal or after the time limit. */
async function withTimeout<T>(
  what: string,
  limits: IRequestLimits,
  work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  const timeout = AbortSignal.timeout(limits.timeout);
  const signals = limits.signal ? [limits.signal, timeout] : [timeout];
  try {
    return await work(AbortSignal.any(signals));
  } catch (error) {
    if (limits.signal?.aborted) {
      throw cancelled();
    }
    if (timeout.aborted) {
      throw new CdfAuthError(
        'timeout',
        `${what} didn't answer within ${Math.round(limits.timeout / 1000)} seconds.`,
        'Try again; if it stays, check the network and the address in the settings.',
        { cause: error, transient: true }
      );
    }
    throw error;
  }
}

/** The error for an answer that isn't JSON, for example a proxy's HTML page. */
function notJson(what: string, status: number, cause: unknown): CdfAuthError {
  return status >= 500
    ? serverFault(what, status)
    : new CdfAuthError(
        'not_json',
        `${what} answered with something that isn't JSON (HTTP ${status}).`,
        'Often a proxy or a wrong address is behind this: check the address in the settings.',
        { cause }
      );
}

/** The error for an HTTP status of 500 or more. */
export function serverFault(what: string, status: number): CdfAuthError {
  return new CdfAuthError(
    'server_fault',
    `${what} has a fault (HTTP ${status}).`,
    'Usually this passes within minutes; then try again.',
    { transient: true }
  );
}
