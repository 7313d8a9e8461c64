import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CdfAuthError } from '../shared/errors';
import { IProjects, ISessions } from '../tokens';

const CATEGORY = 'Cognite Data Fusion';

/** Those of the palette. */
const COMMANDS = ['open-panel', 'sign-in', 'sign-in-device-code', 'sign-out'];

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } };

/** The commands, for the palette, shortcuts and other extensions. */
export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cdf-auth:commands',
  description: 'Commands for signing in and choosing a project.',
  autoStart: true,
  requires: [ISessions, IProjects],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    projects: IProjects,
    palette: ICommandPalette | null
  ): void => {
    const { commands, shell } = app;
    const openPanel = (): void => shell.activateById('cdf-auth-panel');
    commands.addCommand('cdf-auth:open-panel', {
      label: 'Open the Cognite Data Fusion Panel',
      describedBy: NO_ARGUMENTS,
      execute: openPanel
    });
    commands.addCommand('cdf-auth:sign-in', {
      label: 'Sign In to Cognite Data Fusion',
      describedBy: NO_ARGUMENTS,
      isEnabled: () => sessions.connection !== null,
      execute: () => {
        openPanel();
        return sessions.signIn('interactive');
      }
    });
    commands.addCommand('cdf-auth:sign-in-device-code', {
      label: 'Sign In to Cognite Data Fusion with a Device Code',
      describedBy: NO_ARGUMENTS,
      isEnabled: () => sessions.connection !== null,
      execute: () => {
        openPanel();
        return sessions.signIn('device-code');
      }
    });
    commands.addCommand('cdf-auth:sign-out', {
      label: 'Sign Out of Cognite Data Fusion',
      describedBy: NO_ARGUMENTS,
      isEnabled: () => sessions.session !== null,
      execute: () => sessions.signOut()
    });
    commands.addCommand('cdf-auth:select-project', {
      label: args => `Use the CDF Project ${text(args, 'project') ?? ''}`,
      describedBy: {
        args: {
          type: 'object',
          required: ['project'],
          properties: {
            project: { type: 'string' },
            cluster: { type: 'string' },
            connection: { type: 'string' }
          }
        }
      },
      execute: args => selectProject(sessions, projects, args)
    });
    sessions.changed.connect(() => commands.notifyCommandChanged());
    for (const command of COMMANDS) {
      palette?.addItem({ command: `cdf-auth:${command}`, category: CATEGORY });
    }
  }
};

/** Select `{project, cluster?, connection?}`: first the connection, by its label or its cluster. */
function selectProject(
  sessions: ISessions,
  projects: IProjects,
  args: ReadonlyPartialJSONObject
): void {
  const cluster = text(args, 'cluster');
  const label =
    text(args, 'connection') ??
    (cluster === undefined ? undefined : labelOf(sessions, cluster));
  if (label !== undefined && label !== sessions.connection?.id) {
    sessions.selectConnection(label);
  }
  projects.select(text(args, 'project') ?? '');
}

/** The connection for a cluster, the selected one if it fits. */
function labelOf(sessions: ISessions, cluster: string): string {
  const candidates = [sessions.connection, ...sessions.connections];
  const found = candidates.find(one => one?.cluster === cluster);
  if (!found) {
    throw new CdfAuthError(
      'unknown_cluster',
      `No connection has the cluster "${cluster}".`,
      'Add one in the settings.'
    );
  }
  return found.id;
}

function text(
  args: ReadonlyPartialJSONObject,
  name: string
): string | undefined {
  const value = args[name];
  return typeof value === 'string' ? value : undefined;
}
