import type { CdfAuthError } from '../shared/errors';
import type { Fetch } from '../shared/http';
import { fetchJson } from '../shared/http';
import { faultOf, ofProvider } from './answers';

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

/** MSAL's network port with time limits, keeping the sentence that MSAL would throw away. */
export class Network {
  constructor(private readonly _fetch: Fetch) {}

  /** What went wrong below HTTP, or with an answer that is no OAuth answer. */
  fault: CdfAuthError | null = null;

  /** Seconds that the token of the last answer is good for, as the provider told; `null` where none came. */
  expiresIn: number | null = null;

  /** Begin a piece of work, of which nothing is known yet. */
  reset(): void {
    this.fault = this.expiresIn = null;
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
      const fault = faultOf(what, init.method !== 'POST', answer);
      if (fault) {
        throw fault;
      }
      const { expires_in: told } = answer.body as { expires_in?: unknown };
      this.expiresIn = told === undefined ? null : Number(told);
      return { headers: {}, body: answer.body as never, status: answer.status };
    } catch (error) {
      this.fault = ofProvider(error as CdfAuthError);
      throw this.fault;
    }
  }
}
