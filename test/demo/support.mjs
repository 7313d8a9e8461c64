/** What the tests of the demo share: a browser without scripts, and an application. */
import { createHash, randomBytes } from 'node:crypto';
import https from 'node:https';
import { readFile } from 'node:fs/promises';
import { decodeJwt } from 'jose';

export const PAGE = 'http://localhost:8888';
export const REDIRECT = `${PAGE}/lab/cdf-auth/redirect`;
export const WEST = 'https://westeurope-1.cognitedata.com';
export const EAST = 'https://az-eastus-1.cognitedata.com';
export const SCOPE = `openid profile offline_access ${WEST}/.default`;
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Follows redirects, keeps cookies, clicks links and submits forms. */
export class Browser {
  #cookies = new Map();
  url;
  html = '';

  /** Loads a page; ends at `REDIRECT` too, without asking anybody there. */
  async open(url, init = {}) {
    for (let request = { url, init }; request;) {
      request = await this.#step(request.url, request.init);
    }
    const auto = /\.submit\(\)/.test(this.html) && this.html.match(/<form/);
    return auto ? this.submit() : this;
  }

  async #step(url, init) {
    this.url = new URL(url, this.url);
    this.html = '';
    if (this.url.origin === PAGE) {
      return undefined;
    }
    const cookie = [...this.#cookies].map(pair => pair.join('=')).join('; ');
    const response = await fetch(this.url, {
      ...init,
      headers: { accept: 'text/html', cookie },
      redirect: 'manual'
    });
    for (const line of response.headers.getSetCookie()) {
      this.#remember(line);
    }
    this.status = response.status;
    this.html = await response.text();
    const location = response.headers.get('location');
    return location && { url: location, init: {} };
  }

  #remember(line) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    if (/expires=Thu, 01 Jan 1970/i.test(line)) {
      this.#cookies.delete(name);
    } else {
      this.#cookies.set(name, value);
    }
  }

  get heading() {
    return /<h1>(.*?)<\/h1>/s.exec(this.html)?.[1];
  }

  /** Clicks the link whose text holds `name`. */
  click(name) {
    const links = [
      ...this.html.matchAll(/<a [^>]*href="([^"]+)"[^>]*>(.*?)<\/a>/gs)
    ];
    const link = links.find(([, , text]) => text.includes(name));
    if (!link) {
      throw new Error(`No link "${name}" on "${this.heading}": ${this.html}`);
    }
    return this.open(link[1]);
  }

  /** Submits the page's form with these fields filled in. */
  submit(fields = {}) {
    const [, action] = /<form [^>]*action="([^"]+)"/.exec(this.html);
    const form = new URLSearchParams();
    for (const [input] of this.html.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      if (name) {
        form.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? '');
      }
    }
    if (/op\.logoutForm/.test(this.html)) {
      form.set('logout', 'yes');
    }
    for (const [name, value] of Object.entries(fields)) {
      form.set(name, value);
    }
    return this.open(action.replaceAll('&#38;', '&'), {
      method: 'POST',
      body: form
    });
  }

  /** The answer to the application, in the fragment of its own page. */
  get answer() {
    return Object.fromEntries(new URLSearchParams(this.url.hash.slice(1)));
  }
}

/** An authorization request of the SPA with PKCE (RFC 7636). */
export function authorizeUrl(
  demo,
  { verifier = newVerifier(), ...params } = {}
) {
  const query = new URLSearchParams({
    client_id: demo.idp.clientIds.spa,
    redirect_uri: REDIRECT,
    response_type: 'code',
    response_mode: 'fragment',
    scope: SCOPE,
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...params
  });
  return {
    url: `${demo.idp.metadata.authorization_endpoint}?${query}`,
    verifier
  };
}

export function newVerifier() {
  return randomBytes(32).toString('base64url');
}

/** `POST /token`. @returns {Promise<{status: number, headers: Headers, body: any}>} */
export async function token(demo, form, { origin = PAGE } = {}) {
  return post(demo.idp.metadata.token_endpoint, form, origin);
}

/** Posts a form as a page of `origin`, or as no page at all with `null`. */
export async function post(url, form, origin) {
  const response = await fetch(url, {
    method: 'POST',
    headers: origin ? { origin } : {},
    body: new URLSearchParams(form)
  });
  const { status, headers } = response;
  return { status, headers, body: await response.json() };
}

/** Signs in and redeems the code. @returns {Promise<any>} the token answer */
export async function signIn(demo, user = 'alice@contoso.test', params = {}) {
  const { url, verifier } = authorizeUrl(demo, params);
  const browser = new Browser();
  await (await browser.open(url)).click(user);
  return redeem(demo, browser.answer.code, verifier);
}

/** Redeems the code of a sign-in. */
export async function redeem(demo, code, verifier) {
  const { body } = await token(demo, {
    grant_type: 'authorization_code',
    client_id: demo.idp.clientIds.spa,
    redirect_uri: REDIRECT,
    code,
    code_verifier: verifier,
    client_info: '1'
  });
  return body;
}

/** Refreshes as the SPA does. */
export function refresh(
  demo,
  refreshToken,
  { scope = SCOPE, ...options } = {}
) {
  const form = {
    grant_type: 'refresh_token',
    client_id: demo.idp.clientIds.spa,
    refresh_token: refreshToken,
    scope
  };
  return token(demo, form, options);
}

/** Steers a server of the demo. */
export async function control(url, command, body) {
  const response = await fetch(`${url}/__demo/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  });
  return { status: response.status, body: await response.json() };
}

/** @returns {Promise<any>} `{endpoints, grants}` */
export async function stats(url) {
  return (await fetch(`${url}/__demo/stats`)).json();
}

/** Calls a cluster with a token. */
export async function cdf(url, path, accessToken, init = {}) {
  const response = await fetch(url + path, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${accessToken}` }
  });
  const { status, headers } = response;
  return { status, headers, body: await response.json() };
}

/** `GET` over TLS with the demo's authority, as a server would. */
export async function getOverTls(demo, url) {
  const ca = await readFile(demo.idp.caFile);
  return new Promise((resolve, reject) => {
    https
      .get(url, { ca }, async res => {
        const chunks = await res.toArray();
        resolve({
          status: res.statusCode,
          body: JSON.parse(Buffer.concat(chunks))
        });
      })
      .on('error', reject);
  });
}

/** The seconds that a token is good for. */
export function lifetime(jwt) {
  const { exp, iat } = decodeJwt(jwt);
  return exp - iat;
}
