/** Ports of this machine. */
import { createServer } from 'node:net';

/** "localhost" may mean either, and Jupyter listens on both. */
const LOOPBACKS = ['127.0.0.1', '::1'];

function canListen(port, host) {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', ({ code }) =>
      resolve(code !== 'EADDRINUSE' && code !== 'EACCES')
    );
    server.listen({ port, host }, () => server.close(() => resolve(true)));
  });
}

/** Whether nobody listens on a port of this machine, and we may. */
export async function isFree(port) {
  for (const host of LOOPBACKS) {
    if (!(await canListen(port, host))) {
      return false;
    }
  }
  return true;
}

/** The first free port from the given one upwards. */
export async function freePort(first) {
  for (let port = first; port < 65536; port++) {
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`No port from ${first} upwards is free.`);
}
