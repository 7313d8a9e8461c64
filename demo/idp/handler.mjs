/** Who answers which request of the look-alike. */
import { Control } from '../control.mjs';
import { sendJson, sendPreflight } from '../http.mjs';
import { EntraError } from './aadsts.mjs';
import { corsHeaders } from './answers.mjs';
import { createKeys } from './provider.mjs';
import { prepare } from './requests.mjs';
import { Store } from './store.mjs';
import { createTenant } from './tenant.mjs';

const ENDPOINTS = {
  '/v2.0/.well-known/openid-configuration': 'discovery',
  '/discovery/v2.0/keys': 'keys',
  '/oauth2/v2.0/authorize': 'authorize',
  '/oauth2/v2.0/token': 'token',
  '/oauth2/v2.0/devicecode': 'devicecode',
  '/oauth2/v2.0/deviceauth': 'deviceauth',
  '/oauth2/v2.0/logout': 'logout'
};
/** Short, because people type it. */
const DEVICE_PATH = '/devicelogin';

/**
 * @param {object} options
 * @param {string} options.url of the listener for browsers
 * @param {{issuer: string, directory: import('./directory.mjs').Directory}[]} options.tenants
 *   the first one is home to the people, and has the device page
 * @param {number} options.tokenLifetime seconds, until a test says otherwise
 * @param {number} options.refreshLifetime seconds
 * @param {number} options.deviceInterval between two polls for a device code, seconds
 * @returns {Promise<import('node:http').RequestListener>}
 */
export async function createHandler({
  url,
  tenants: described,
  tokenLifetime,
  refreshLifetime,
  deviceInterval
}) {
  const store = new Store();
  const keys = await createKeys();
  let lifetime = tokenLifetime;
  const tenants = await Promise.all(
    described.map(tenant =>
      createTenant({
        ...tenant,
        keys,
        store,
        tokenLifetime: () => lifetime,
        refreshLifetime,
        deviceUrl: `${url}${DEVICE_PATH}`,
        deviceInterval
      })
    )
  );
  const [home] = tenants;
  const control = new Control(
    Object.values(ENDPOINTS),
    { empty: () => '', refused: (_endpoint, status) => refusal(status) },
    {
      revoke: ({ user }) => revoke(user, home.directory, store),
      secret: ({ expired }) => expireSecret(expired, home.directory),
      lifetime: ({ seconds }) => {
        lifetime = seconds === null ? tokenLifetime : checked(seconds);
        return { seconds: lifetime };
      }
    }
  );

  return async function handle(req, res) {
    req.demo = { form: {} };
    try {
      await route(req, res);
    } catch (error) {
      if (error instanceof EntraError) {
        return refuse(req, res, error);
      }
      console.error(`demo sign-in: ${req.method} ${req.url} failed:`, error);
      res.destroy();
    }
  };

  async function route(req, res) {
    const { pathname, search } = new URL(req.url, url);
    if (control.owns(pathname)) {
      return control.answer(req, res);
    }
    if (pathname === DEVICE_PATH) {
      const location = `${home.root}/oauth2/v2.0/deviceauth${search}`;
      return res.writeHead(302, { location }).end();
    }
    const tenant = tenants.find(({ root }) => pathname.startsWith(`${root}/`));
    if (!tenant) {
      throw new EntraError(90002, { tenant: pathname.split('/')[1] });
    }
    const { root, directory } = tenant;
    if (pathname.startsWith(`${tenant.signInPath}/`)) {
      return tenant.signIn(req, res);
    }

    const path = pathname.slice(root.length);
    const endpoint = ENDPOINTS[path];
    if (endpoint) {
      req.demo.endpoint = endpoint;
      control.count(endpoint, res, () => req.demo.form.grant_type);
      // Which application asks is known only from a body that we have yet to read.
      const cors = req.headers.origin ? corsHeaders(endpoint, 'spa') : {};
      if (await control.faults.intercept(endpoint, req, res, cors)) {
        return undefined;
      }
      if (req.method === 'OPTIONS') {
        return sendPreflight(req, res, cors);
      }
      if (req.method === 'HEAD' && endpoint === 'authorize') {
        // Entra shows its error page with 200: that is enough to see that it is there.
        return res.writeHead(200).end();
      }
    }
    return tenant.callback(
      await prepare(req, { root, path, search, directory, store }),
      res
    );
  }
}

function refuse(req, res, error) {
  const { endpoint, application, form } = req.demo;
  if (req.headers.origin) {
    const cors = corsHeaders(endpoint, application?.kind);
    for (const [name, value] of Object.entries(cors)) {
      res.setHeader(name, value);
    }
  }
  sendJson(res, error.status, error.toBody(form['client-request-id']));
}

/** AADSTS codes for the faults that are an HTTP status. */
const REFUSALS = { 401: 7000215, 403: 53003, 429: 90055 };

function refusal(status) {
  return new EntraError(REFUSALS[status]).toBody();
}

function revoke(address, directory, store) {
  const user = directory.userByAddress(address);
  if (!user) {
    throw new RangeError(`There is no user "${address}".`);
  }
  return { revoked: store.revokeUser(user.sub) };
}

function checked(seconds) {
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new RangeError('Send {"seconds": N} with a whole number, or null.');
  }
  return seconds;
}

function expireSecret(expired, directory) {
  if (typeof expired !== 'boolean') {
    throw new RangeError('Send {"expired": true} or {"expired": false}.');
  }
  directory.isSecretExpired = expired;
  return { expired };
}
