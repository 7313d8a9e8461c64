import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { listProjects } from '../cdf/inspect';
import { Projects } from '../cdf/projects';
import { inspectViaServer } from '../cdf/server';
import type { Sessions } from '../identity/sessions';
import { IProjects, ISessions } from '../tokens';

/** Provides the projects of the session. */
export const projectsPlugin: JupyterFrontEndPlugin<IProjects> = {
  id: 'jupyterlab-cdf-auth:projects',
  description: 'Lists the CDF projects and keeps the selected one.',
  autoStart: true,
  requires: [ISessions],
  provides: IProjects,
  activate: (app: JupyterFrontEnd, sessions: ISessions): IProjects => {
    const { serverSettings } = app.serviceManager;
    const { pathname } = URLExt.parse(serverSettings.baseUrl);
    const prefix = `cdf-auth:${pathname}project `;
    const ports = {
      fetch: (input: string, init?: RequestInit) => fetch(input, init),
      viaServer: inspectViaServer.bind(null, serverSettings)
    };
    return new Projects(
      // This extension's own, which know more than what others may use.
      sessions as Sessions,
      ({ cluster, baseUrl }, token, signal) =>
        listProjects(ports, cluster, baseUrl, token, signal),
      {
        read: key => sessionStorage.getItem(prefix + key),
        write: (key, project) => sessionStorage.setItem(prefix + key, project)
      }
    );
  }
};
