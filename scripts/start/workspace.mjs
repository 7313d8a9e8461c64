/** The demo's own Jupyter: its folders, its configuration, its environment variables. */
import { chmod, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { cache, envVariables, root } from '../common/paths.mjs';

/**
 * A path in the demo's folder. Tests that run several demos side by side name a folder
 * for each, in an environment variable that the demo's process inherits.
 */
export const home = (...parts) =>
  cache(process.env.CDF_AUTH_DEMO_FOLDER || 'demo', ...parts);

export const notebooks = () => home('notebooks');

/** Settings of the person's own Jupyter, or of another demo, which must not reach this one. */
const FOREIGN = /^(JUPYTER|JPY_|IPYTHON|CDF_|IDP_|COGNITE_|LOGIN_FLOW$)/;

/**
 * Variables for the demo's server and kernels.
 *
 * Everything that Jupyter writes goes into the demo's folder. What the environment
 * "lab" brings (kernels, our extension and its configuration) still counts:
 * Jupyter finds it by the environment's prefix.
 */
export function labVariables(base = process.env) {
  const own = Object.fromEntries(
    Object.entries(base).filter(([name]) => !FOREIGN.test(name))
  );
  return {
    ...envVariables('lab', own),
    // All of the demo is on this machine, where no proxy finds it.
    NO_PROXY: [own.NO_PROXY, 'localhost,127.0.0.1'].filter(Boolean).join(','),
    IPYTHONDIR: home('ipython'),
    JUPYTER_CONFIG_DIR: home(),
    JUPYTER_DATA_DIR: home('data'),
    JUPYTER_RUNTIME_DIR: home('runtime'),
    JUPYTERLAB_SETTINGS_DIR: home('settings'),
    JUPYTERLAB_WORKSPACES_DIR: home('workspaces')
  };
}

/**
 * Makes the folders, copies the demo's notebooks that are not there yet, and
 * writes the configuration of the extension.
 *
 * @param {object} demo what `startDemo` returned
 */
export async function prepareWorkspace({ connections, guestConnection, idp }) {
  await mkdir(notebooks(), { recursive: true });
  await chmod(home(), 0o700);
  await seedNotebooks(path.join(root, 'demo', 'notebooks'));
  await declineNews();
  const configuration = {
    CdfAuth: {
      connections: [...connections, guestConnection],
      profiles: [await nightly(idp)],
      // The server trusts the demo's provider as it would a company's: by a file of authorities.
      ca_bundle: idp.caFile
    }
  };
  await writeFile(
    home('jupyter_server_config.json'),
    JSON.stringify(configuration, null, 2),
    { mode: 0o600 }
  );
}

/** A profile for unattended work, with its secret in a file as an administrator would have it. */
async function nightly({ clientSecret, clientIds, authority }) {
  const secretFile = home('nightly.secret');
  await writeFile(secretFile, clientSecret, { mode: 0o600 });
  return {
    name: 'nightly',
    description: 'Runs without anybody signed in',
    clientId: clientIds.confidential,
    authority,
    secretFile
  };
}

/** Nobody is asked in a demo whether JupyterLab may fetch news. */
async function declineNews() {
  const folder = home('settings', '@jupyterlab', 'apputils-extension');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'notification.jupyterlab-settings'),
    JSON.stringify({ fetchNews: 'false', checkForUpdates: false })
  );
}

/** A notebook that somebody has changed is theirs. */
async function seedNotebooks(source) {
  const names = await readdir(source).catch(() => []);
  for (const name of names) {
    await cp(path.join(source, name), path.join(notebooks(), name), {
      recursive: true,
      force: false
    });
  }
}
