/**
 * A look-alike of a CDF cluster: token inspection and a few time series, for
 * whoever brings a good token.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Control } from '../control.mjs';
import { readBody, sendJson, sendPreflight } from '../http.mjs';
import { listen } from '../listeners.mjs';
import { inspection, projectsOf, timeSeriesPage } from './resources.mjs';
import { createTokenCheck } from './token-check.mjs';

const INSPECT = '/api/v1/token/inspect';
const TIME_SERIES = /^\/api\/v1\/projects\/([^/]+)\/timeseries(\/list)?$/;
const MAX_LIMIT = 1000;
/** What the fault `empty` answers to an inspection. */
const NOTHING = { subject: '', projects: [], capabilities: [] };

/** An error in CDF's shape. */
class CdfError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }

  toBody() {
    return { error: { code: this.code, message: this.message } };
  }
}

/**
 * @param {object} options
 * @param {object} options.cluster one of the catalogue's
 * @param {string} options.host `localhost` or `127.0.0.1`
 * @param {number} options.port 0 for a free one
 * @param {string[]} options.issuers whose tokens are good
 * @param {string} options.jwksUri the issuers' keys
 * @returns {Promise<{name: string, url: string, audience: string, close: () => Promise<void>}>}
 */
export async function createCluster({ cluster, host, port, issuers, jwksUri }) {
  const { name, audience } = cluster;
  const checkToken = createTokenCheck({ issuers, audience, jwksUri });
  const cors = cluster.cors ? { 'access-control-allow-origin': '*' } : {};
  const control = new Control(['inspect', 'timeseries'], {
    empty: endpoint =>
      JSON.stringify(endpoint === 'inspect' ? NOTHING : { items: [] }),
    refused: (_endpoint, status) => refusal(status).toBody()
  });

  const listener = await listen(handle, { port });
  return {
    name,
    audience,
    url: `http://${host}:${listener.port}`,
    close: listener.close
  };

  async function handle(req, res) {
    try {
      await route(req, res);
    } catch (error) {
      if (error instanceof CdfError) {
        return sendJson(res, error.code, error.toBody());
      }
      console.error(`demo ${name}: ${req.method} ${req.url} failed:`, error);
      res.destroy();
    }
  }

  async function route(req, res) {
    const { pathname, searchParams } = new URL(req.url, `http://${host}`);
    if (control.owns(pathname)) {
      return control.answer(req, res);
    }

    const [, project, list] = TIME_SERIES.exec(pathname) ?? [];
    const endpoint = project ? 'timeseries' : pathname === INSPECT && 'inspect';
    if (endpoint) {
      control.count(endpoint, res);
      if (await control.faults.intercept(endpoint, req, res, cors)) {
        return undefined;
      }
    }
    if (req.method === 'OPTIONS') {
      return sendPreflight(req, res, cors);
    }
    for (const [header, value] of Object.entries(cors)) {
      res.setHeader(header, value);
    }

    const claims = await checkToken(req.headers.authorization);
    if (!claims) {
      throw refusal(401);
    }
    if (endpoint === 'inspect' && req.method === 'GET') {
      return sendJson(res, 200, inspection(cluster, claims));
    }
    if (endpoint === 'timeseries' && req.method === (list ? 'POST' : 'GET')) {
      const found = projectsOf(cluster, claims).find(
        known => known.name === project
      );
      if (!found) {
        throw refusal(403);
      }
      const query = list
        ? await readJson(req)
        : Object.fromEntries(searchParams);
      return sendJson(res, 200, timeSeriesPage(found, paging(query)));
    }
    throw new CdfError(404, 'Not Found');
  }
}

/** CDF's words for the faults that are an HTTP status. */
const REFUSALS = {
  401: 'Unauthorized',
  403: 'Resource not found. This may also be due to insufficient access rights.',
  429: 'Too many requests'
};

function refusal(status) {
  return new CdfError(status, REFUSALS[status]);
}

/** The SDK compresses what it sends. */
async function readJson(req) {
  const body = await readBody(req);
  const zipped = req.headers['content-encoding'] === 'gzip';
  try {
    return JSON.parse(String(zipped ? await promisify(gunzip)(body) : body));
  } catch {
    throw new CdfError(400, 'Request body is not valid JSON.');
  }
}

function paging({ limit, cursor }) {
  const number = limit === undefined ? undefined : Number(limit);
  if (number !== undefined && !(number >= 1 && number <= MAX_LIMIT)) {
    throw new CdfError(400, `Invalid limit: must be from 1 to ${MAX_LIMIT}.`);
  }
  if (cursor !== undefined && cursor !== null && !/^\d+$/.test(cursor)) {
    throw new CdfError(400, 'Invalid cursor.');
  }
  return { limit: number, cursor: cursor ?? undefined };
}
