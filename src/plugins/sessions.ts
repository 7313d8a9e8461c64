import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { UUID } from '@lumino/coreutils';
import { readSettings } from '../identity/connections';
import { DeviceCodeFlow } from '../identity/device-code';
import { InteractiveFlow } from '../identity/interactive';
import { TabMemory } from '../identity/memory';
import { createMsalClient } from '../identity/msal';
import { ServerApi } from '../identity/server-api';
import { Sessions } from '../identity/sessions';
import { systemClock } from '../shared/clock';
import { ISessions } from '../tokens';
import { followSettings } from './settings';

/** Also the id of the settings. */
export const SESSIONS_PLUGIN = 'jupyterlab-cdf-auth:sessions';

/** Milliseconds between two looks at how the server's sessions stand. */
const REFRESH_EVERY = 10_000;

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
    const { serverSettings } = app.serviceManager;
    const { baseUrl } = serverSettings;
    const scope = `cdf-auth:${URLExt.parse(baseUrl).pathname}`;
    const redirectPage = URLExt.join(baseUrl, 'cdf-auth', 'redirect');
    const server = new ServerApi(serverSettings);
    const interactive = new InteractiveFlow({
      clock: systemClock,
      createId: () => UUID.uuid4(),
      onChanged: () => sessions.sessionChanged(),
      createClient: connection =>
        createMsalClient({
          connection,
          redirectUri: connection.redirectUri ?? redirectPage,
          lockName: `${scope}refresh-token`,
          fetch: (input, init) => fetch(input, init),
          clock: systemClock
        })
    });
    const sessions = new Sessions({
      memory: new TabMemory(sessionStorage, `${scope}sessions`),
      interactive,
      deviceCode: new DeviceCodeFlow(server, systemClock),
      server
    });
    void followSettings(
      registry,
      SESSIONS_PLUGIN,
      (fromServer, own) =>
        void sessions.configure(readSettings(fromServer, own))
    );
    keepRefreshing(sessions);
    return sessions;
  }
};

/** Look at the server's sessions while the page is looked at: one can begin or end in another page, too. */
function keepRefreshing(sessions: Sessions): void {
  const refresh = async (): Promise<void> => {
    if (document.visibilityState === 'visible') {
      await sessions.refresh();
    }
  };
  const goOn = async (): Promise<void> => {
    await refresh();
    systemClock.schedule(() => void goOn(), REFRESH_EVERY);
  };
  document.addEventListener('visibilitychange', () => void refresh());
  systemClock.schedule(() => void goOn(), REFRESH_EVERY);
}
