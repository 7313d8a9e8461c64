import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { UUID } from '@lumino/coreutils';
import { readSettings } from '../identity/connections';
import { TabMemory } from '../identity/memory';
import { createMsalClient } from '../identity/msal';
import { Sessions } from '../identity/sessions';
import { systemClock } from '../shared/clock';
import { ISessions } from '../tokens';
import { followSettings } from './settings';

/** Also the id of the settings. */
export const SESSIONS_PLUGIN = 'jupyterlab-cdf-auth:sessions';

/** Provides the sign-in sessions, configured by the server and the user's settings. */
export const sessionsPlugin: JupyterFrontEndPlugin<Sessions> = {
  id: SESSIONS_PLUGIN,
  description: 'Signs in to Cognite Data Fusion.',
  autoStart: true,
  provides: ISessions,
  optional: [ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    registry: ISettingRegistry | null
  ): Sessions => {
    const { baseUrl } = app.serviceManager.serverSettings;
    const scope = `cdf-auth:${URLExt.parse(baseUrl).pathname}`;
    const sessions = new Sessions({
      memory: new TabMemory(sessionStorage, `${scope}sessions`),
      clock: systemClock,
      createId: () => UUID.uuid4(),
      createClient: connection =>
        createMsalClient({
          connection,
          redirectUri:
            connection.redirectUri ??
            URLExt.join(baseUrl, 'cdf-auth', 'redirect'),
          lockName: `${scope}refresh-token`,
          fetch: (input, init) => fetch(input, init),
          clock: systemClock
        })
    });
    void followSettings(registry, SESSIONS_PLUGIN, (fromServer, own) =>
      sessions.configure(readSettings(fromServer, own))
    );
    return sessions;
  }
};
