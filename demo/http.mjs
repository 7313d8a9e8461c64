/** Small helpers for plain `node:http` handlers. */

const BODY_LIMIT = 1024 * 1024;

/** @param {import('node:http').IncomingMessage} req @returns {Promise<Buffer>} */
export async function readBody(req) {
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > BODY_LIMIT) {
      throw new Error('The request body is too large.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {number} status
 * @param {unknown} body
 */
export function sendJson(res, status, body) {
  send(res, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {number} status
 * @param {string} body a whole page
 */
export function sendHtml(res, status, body) {
  send(res, status, 'text/html; charset=utf-8', body);
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {number} status
 * @param {string} type the media type
 * @param {string} body
 */
export function send(res, status, type, body) {
  res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  res.end(body);
}

/**
 * Answers a browser's CORS preflight.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @param {Record<string, string>} cors the headers of a permitted answer; none
 *   where other origins are not welcome
 */
export function sendPreflight(req, res, cors) {
  if (Object.keys(cors).length === 0) {
    return res.writeHead(405).end();
  }
  const asked = req.headers['access-control-request-headers'];
  res.writeHead(204, {
    ...cors,
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    ...(asked && { 'access-control-allow-headers': asked }),
    'access-control-max-age': '600'
  });
  return res.end();
}
