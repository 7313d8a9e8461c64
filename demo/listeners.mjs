/**
 * Listeners that only this machine can reach.
 *
 * Browsers try `::1` for `localhost` first, Python tries both: so one port is
 * opened on IPv4 and, where the machine has it, on IPv6 with the same handler.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';

const FREE_PORT_TRIES = 10;
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/**
 * @typedef {object} Listener
 * @property {number} port the port, the same one on every loopback address
 * @property {() => Promise<void>} close stops listening and drops the open connections
 */

/**
 * Opens a port on the loopback addresses.
 *
 * @param {http.RequestListener} handler answers each request
 * @param {{port?: number, tls?: {key: string, cert: string}}} [options] `port`
 *   0 takes a free one; with `tls` (PEM) the listener speaks https
 * @returns {Promise<Listener>}
 * @throws the system's error (`EADDRINUSE`, …) when the port can't be had
 */
export async function listen(handler, { port = 0, tls } = {}) {
  const create = () =>
    tls ? https.createServer(tls, handler) : http.createServer(handler);
  for (let tries = FREE_PORT_TRIES; ; tries -= 1) {
    const servers = [await bind(create(), '127.0.0.1', port)];
    try {
      const chosen = servers[0].address().port;
      const v6 = await bind(create(), '::1', chosen).catch(ignoreMissingIPv6);
      if (v6) {
        servers.push(v6);
      }
      return { port: chosen, close: () => closeAll(servers) };
    } catch (error) {
      await closeAll(servers);
      // A free IPv4 port can be taken on IPv6: take another, unless it was asked for.
      if (port !== 0 || error.code !== 'EADDRINUSE' || tries <= 1) {
        throw error;
      }
    }
  }
}

async function bind(server, host, port) {
  server.listen({ host, port });
  await once(server, 'listening');
  return server;
}

function ignoreMissingIPv6(error) {
  if (!NO_SUCH_ADDRESS.has(error.code)) {
    throw error;
  }
}

async function closeAll(servers) {
  await Promise.all(
    servers.map(server => {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      return closed;
    })
  );
}
