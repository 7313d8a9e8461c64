/** Faults that a test switches on, one per endpoint. */
import { EventEmitter, once } from 'node:events';
import { send } from './http.mjs';

/** A `slow` answer comes when the fault is lifted, or after this many seconds. */
export const SLOW_SECONDS = 30;

const KINDS = [
  'down',
  'slow',
  'html',
  '500',
  'garbage',
  'empty',
  '401',
  '403',
  '429'
];
const PORTAL =
  '<!doctype html><title>Guest network</title><h1>Please accept the terms of use</h1>';

/**
 * @typedef {object} FaultAnswers what `empty`, `401`, `403` and `429` look like here
 * @property {(endpoint: string) => string} empty the body of a 200
 * @property {(endpoint: string, status: 401 | 403 | 429) => unknown} refused a JSON body
 */

/** The faults of one server. */
export class Faults {
  #active = new Map();
  #changed = new EventEmitter().setMaxListeners(0); // one for each held request

  /** @param {string[]} endpoints @param {FaultAnswers} answers */
  constructor(endpoints, answers) {
    this.endpoints = endpoints;
    this.answers = answers;
  }

  /**
   * @param {Record<string, string | null>} changes `null` lifts a fault
   * @returns {Record<string, string>} the faults that are on now
   * @throws {RangeError} for an unknown endpoint or kind; nothing changes then
   */
  set(changes) {
    for (const [endpoint, kind] of Object.entries(changes)) {
      if (!this.endpoints.includes(endpoint)) {
        throw new RangeError(`There is no endpoint "${endpoint}" here.`);
      }
      if (kind !== null && !KINDS.includes(kind)) {
        throw new RangeError(`There is no fault "${kind}".`);
      }
    }
    for (const [endpoint, kind] of Object.entries(changes)) {
      if (kind === null) {
        this.#active.delete(endpoint);
      } else {
        this.#active.set(endpoint, kind);
      }
      this.#changed.emit(endpoint);
    }
    return Object.fromEntries(this.#active);
  }

  /**
   * Answers in the endpoint's place when a fault is on.
   *
   * @param {string} endpoint
   * @param {import('node:http').IncomingMessage} req
   * @param {import('node:http').ServerResponse} res
   * @param {Record<string, string>} cors the headers of a permitted answer
   * @returns {Promise<boolean>} whether the request is dealt with
   */
  async intercept(endpoint, req, res, cors) {
    const kind = this.#active.get(endpoint);
    // A preflight must pass, or no browser would ever see the fault behind it.
    if (!kind || (req.method === 'OPTIONS' && kind !== 'down')) {
      return false;
    }
    if (kind === 'slow') {
      return this.#hold(endpoint, res);
    }
    if (kind === 'down') {
      req.socket.destroy();
      return true;
    }
    for (const [name, value] of Object.entries(cors)) {
      res.setHeader(name, value);
    }
    send(res, ...this.#instead(endpoint, kind));
    return true;
  }

  /** @returns {[status: number, type: string, body: string]} */
  #instead(endpoint, kind) {
    const json = 'application/json';
    switch (kind) {
      case 'html':
        return [200, 'text/html', PORTAL];
      case '500':
        return [500, 'text/plain', 'Internal Server Error'];
      case 'garbage':
        return [200, json, '{"items": [{'];
      case 'empty':
        return [200, json, this.answers.empty(endpoint)];
      default: {
        const status = Number(kind);
        return [
          status,
          json,
          JSON.stringify(this.answers.refused(endpoint, status))
        ];
      }
    }
  }

  async #hold(endpoint, res) {
    const settled = new AbortController();
    const timer = setTimeout(() => settled.abort(), SLOW_SECONDS * 1000);
    res.once('close', () => settled.abort());
    await once(this.#changed, endpoint, { signal: settled.signal }).catch(
      () => {}
    );
    clearTimeout(timer);
    return res.destroyed;
  }
}
