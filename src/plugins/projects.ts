import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { listProjects, readProjects } from '../cdf/inspect';
import type { ListProjects } from '../cdf/projects';
import { Projects } from '../cdf/projects';
import { inspectSession, inspectViaServer } from '../cdf/server';
import { InteractiveSession } from '../identity/session';
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
    const list: ListProjects = async (connection, session, signal) => {
      const { cluster, baseUrl, scopes } = connection;
      if (session instanceof InteractiveSession) {
        const { secret } = await session.getToken(scopes);
        return listProjects(ports, cluster, baseUrl, secret, signal);
      }
      return readProjects(
        cluster,
        await inspectSession(serverSettings, session.id, baseUrl, signal)
      );
    };
    const memory = {
      read: (key: string) => sessionStorage.getItem(prefix + key),
      write: (key: string, project: string) =>
        sessionStorage.setItem(prefix + key, project)
    };
    const projects = new Projects(sessions, list, memory);
    // This extension's own, which tell more than others may know.
    const { handover } = sessions as Sessions;
    handover.moved.connect((_, { from, to }) => projects.carryOver(from, to));
    return projects;
  }
};
