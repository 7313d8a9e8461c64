/**
 * `/__demo/…`: how a test steers and watches a server of the demo.
 *
 * `POST /__demo/faults` `{"<endpoint>": "<fault>" | null}`, `GET /__demo/stats`,
 * and whatever commands the server adds. Only from this machine, and only as
 * JSON, which a web page of another origin can't send without a preflight.
 */
import { Faults } from './faults.mjs';
import { readBody, sendJson } from './http.mjs';

const PREFIX = '/__demo/';
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** Faults, counters and commands of one server. */
export class Control {
  #requests = {};
  #grants = {};

  /**
   * @param {string[]} endpoints the names that faults and counters use
   * @param {import('./faults.mjs').FaultAnswers} answers
   * @param {Record<string, (body: any) => unknown>} [commands] more `POST`
   *   commands; a `RangeError` becomes a 400
   */
  constructor(endpoints, answers, commands = {}) {
    this.faults = new Faults(endpoints, answers);
    this.commands = { faults: body => this.faults.set(body), ...commands };
    for (const name of endpoints) {
      this.#requests[name] = zero();
    }
  }

  /** @returns {boolean} whether this path is ours */
  owns(path) {
    return path.startsWith(PREFIX);
  }

  /** Answers a `/__demo/…` request. */
  async answer(req, res) {
    const name = req.url.slice(PREFIX.length);
    if (!LOOPBACK.test(req.socket.remoteAddress ?? '')) {
      return sendJson(res, 403, { error: 'Only from this machine.' });
    }
    if (req.method === 'GET' && name === 'stats') {
      return sendJson(res, 200, this.stats());
    }
    const command =
      req.method === 'POST' &&
      Object.hasOwn(this.commands, name) &&
      this.commands[name];
    if (!command) {
      return sendJson(res, 404, { error: 'No such command.' });
    }
    if (!req.headers['content-type']?.startsWith('application/json')) {
      return sendJson(res, 415, { error: 'Send application/json.' });
    }
    try {
      const body = JSON.parse((await readBody(req)).toString());
      if (body === null || typeof body !== 'object') {
        throw new RangeError('Send a JSON object.');
      }
      sendJson(res, 200, command(body));
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) {
        throw error;
      }
      sendJson(res, 400, { error: error.message });
    }
  }

  /**
   * Counts a request once it is answered. Refused is what ends with 400 or
   * more, with a redirect that carries an error, or with no answer at all.
   *
   * @param {string} endpoint
   * @param {import('node:http').ServerResponse} res
   * @param {() => string | undefined} [grantType] read at the end
   */
  count(endpoint, res, grantType = () => undefined) {
    res.once('close', () => {
      const location = String(res.getHeader('location') ?? '');
      const refused =
        !res.writableFinished ||
        res.statusCode >= 400 ||
        /[?#&]error=/.test(location);
      const counters = [this.#requests[endpoint]];
      const grant = grantType();
      if (grant) {
        counters.push((this.#grants[grant] ??= zero()));
      }
      for (const counter of counters) {
        counter.requests += 1;
        counter.refused += refused ? 1 : 0;
      }
    });
  }

  /** @returns {{endpoints: object, grants: object}} `{requests, refused}` by name */
  stats() {
    return structuredClone({ endpoints: this.#requests, grants: this.#grants });
  }
}

function zero() {
  return { requests: 0, refused: 0 };
}
