#!/usr/bin/env node
/**
 * Starts the demo alone and prints one line, `demo {json}`, once it is up.
 *
 *     node demo/main.mjs [--token-lifetime 3600] [--refresh-lifetime 86400]
 *       [--device-interval 5] [--host localhost] [--idp-port 0] [--idp-tls-port 0] [--cdf-ports 0,0]
 *       [--ca-dir DIRECTORY] [--until-stdin-closes]
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startDemo } from './index.mjs';

const { values } = parseArgs({
  options: {
    'token-lifetime': { type: 'string' },
    'refresh-lifetime': { type: 'string' },
    'device-interval': { type: 'string' },
    host: { type: 'string' },
    'idp-port': { type: 'string' },
    'idp-tls-port': { type: 'string' },
    'cdf-ports': { type: 'string' },
    'ca-dir': { type: 'string' },
    'until-stdin-closes': { type: 'boolean', default: false }
  }
});

/** An option's whole number; `undefined` leaves the default. */
function number(name, text = values[name]) {
  if (text !== undefined && !/^\d+$/.test(text)) {
    console.error(`--${name} must be a whole number, not "${text}".`);
    process.exit(2);
  }
  return text === undefined ? undefined : Number(text);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => stop.abort());
}
if (values['until-stdin-closes']) {
  process.stdin.once('end', () => stop.abort()).resume();
}

const demo = await startDemo({
  tokenLifetime: number('token-lifetime'),
  refreshLifetime: number('refresh-lifetime'),
  deviceInterval: number('device-interval'),
  host: values.host,
  idpPort: number('idp-port'),
  idpTlsPort: number('idp-tls-port'),
  cdfPorts: values['cdf-ports']
    ?.split(',')
    .map(port => number('cdf-ports', port)),
  caDir: values['ca-dir']
});
console.log(`demo ${JSON.stringify(demo)}`);

if (!stop.signal.aborted) {
  await once(stop.signal, 'abort');
}
await demo.close();
if (values['until-stdin-closes']) {
  process.stdin.destroy();
}
