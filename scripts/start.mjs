/**
 * `npm start`: sets the clone up, starts the demo (an Entra ID and a CDF
 * look-alike) and a JupyterLab that is configured for it.
 *
 * Once all of it answers it prints one line, `ready {"url", "idp", "cdf"}`.
 * Ctrl-C or SIGTERM stops everything; the exit code is then 0.
 */
import { parseOptions } from './common/options.mjs';
import { StepError } from './common/process.mjs';
import { orExplain, setup } from './setup.mjs';
import { Lab } from './start/lab.mjs';
import { freePort, isFree } from './start/ports.mjs';
import { StopSignal } from './start/stop-signal.mjs';
import { prepareWorkspace } from './start/workspace.mjs';

const FIRST_PORT = 8899;

const options = parseOptions('npm start --', {
  'no-browser': { type: 'boolean', help: 'do not open a browser' },
  port: {
    type: 'number',
    value: 'N',
    minimum: 1,
    maximum: 65535,
    help: `JupyterLab's port (default: the first free one from ${FIRST_PORT} on)`
  },
  'token-lifetime': {
    type: 'number',
    value: 'S',
    minimum: 1,
    help: 'seconds for which an access token is good (default: 3600)'
  },
  'refresh-lifetime': {
    type: 'number',
    value: 'S',
    minimum: 1,
    help: 'seconds after which one has to sign in again (default: 86400)'
  }
});

await orExplain(main);

async function main() {
  const stop = new StopSignal();
  try {
    await checkPort(options.port);
    await setup({ signal: stop.signal });
    await serve(options.port ?? (await freePort(FIRST_PORT)), stop);
  } catch (error) {
    if (!stop.signal.aborted) {
      throw error;
    }
  } finally {
    stop.dispose();
  }
}

/** Says so before the set-up that the port somebody wants is taken. */
async function checkPort(wanted) {
  if (wanted !== undefined && !(await isFree(wanted))) {
    throw new StepError(
      `Port ${wanted} is in use. Stop what listens there, choose another one with --port N, or leave --port out.`
    );
  }
}

async function serve(port, stop) {
  // Its packages are there after the set-up only.
  const { startDemo } = await import('../demo/index.mjs');
  const demo = await startDemo({
    tokenLifetime: options['token-lifetime'],
    refreshLifetime: options['refresh-lifetime']
  });
  try {
    await prepareWorkspace(demo);
    stop.signal.throwIfAborted();
    await serveLab(port, stop, demo);
  } finally {
    await demo.close();
  }
}

async function serveLab(port, stop, demo) {
  const lab = new Lab({ port, browser: !options['no-browser'] });
  stop.onImpatience = () => lab.kill();
  try {
    await lab.ready(stop.signal);
    announce(lab, demo);
    await Promise.race([lab.ended, stop.pressed]);
    if (!stop.signal.aborted) {
      throw await lab.failure();
    }
    console.error(`Stopping (${stop.reason}) …`);
  } finally {
    await lab.stop();
  }
}

function announce({ url }, { idp, cdf }) {
  console.log(`
JupyterLab with the demo's sign-in is up: ${url}
In the sidebar choose "Cognite Data Fusion", then "Sign in".
alice@contoso.test and bob@contoso.test can sign in; no password is asked for.
Ctrl-C stops everything.
`);
  const addresses = { url, idp: idp.url, cdf: cdf.clusters[0].url };
  console.log(`ready ${JSON.stringify(addresses)}`);
}
