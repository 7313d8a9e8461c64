import type { CdfAuthError } from '../shared/errors';
import type { Fetch } from '../shared/http';
import { fetchJson } from '../shared/http';
import { providerFault, temporaryFault } from './answers';

/** Milliseconds that one request to the provider may take. */
const REQUEST_TIMEOUT = 15_000;

/** What MSAL gives with a request. */
interface IOptions {
  headers?: Record<string, string>;
  body?: string;
}

/** What MSAL takes. It says what it expects in the body, and checks it itself: `never` fits whatever that is. */
interface IAnswer {
  headers: Record<string, string>;
  body: never;
  status: number;
}

/** Of a token response (RFC 6749, section 5.1), or of another answer. */
interface ITokenAnswer {
  access_token?: unknown;
  expires_in?: unknown;
}

/** MSAL's network port with time limits, keeping the sentence that MSAL would throw away. */
export class Network {
  constructor(private readonly _fetch: Fetch) {}

  /** What went wrong below HTTP, or with an answer that is no OAuth answer. */
  fault: CdfAuthError | null = null;

  /**
   * Seconds that a token is good for, as the provider told with it; `null` if another answer came last. A sign-in
   * and a renewal can go on at the same time.
   */
  expiresInOf(token: string): number | null {
    return this._last?.access_token === token
      ? Number(this._last.expires_in)
      : null;
  }

  sendGetRequestAsync = (url: string, options?: IOptions): Promise<IAnswer> =>
    this._send(url, { headers: options?.headers });

  sendPostRequestAsync = (url: string, options?: IOptions): Promise<IAnswer> =>
    this._send(url, {
      method: 'POST',
      headers: options?.headers,
      body: options?.body
    });

  private async _send(url: string, init: RequestInit): Promise<IAnswer> {
    const what = `The sign-in service ${new URL(url).host}`;
    this.fault = null;
    try {
      const answer = await fetchJson(this._fetch, what, url, init, {
        timeout: REQUEST_TIMEOUT
      });
      const fault = temporaryFault(what, init.method !== 'POST', answer);
      if (fault) {
        throw fault;
      }
      // Not the whole answer: there is a refresh token in it.
      const { access_token, expires_in } = answer.body as ITokenAnswer;
      this._last = { access_token, expires_in };
      return { headers: {}, body: answer.body as never, status: answer.status };
    } catch (error) {
      this.fault = providerFault(error as CdfAuthError);
      throw this.fault;
    }
  }

  private _last: ITokenAnswer | null = null;
}
