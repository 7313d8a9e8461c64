import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { CdfAuthPanel } from '../panel/panel';
import { cdfIcon } from '../panel/icon';
import { systemClock } from '../shared/clock';
import { IKernels, IOutputGuard, IProjects, ISessions } from '../tokens';
import { SESSIONS_PLUGIN } from './sessions';
import { unencryptedGateway } from './settings';

/** Puts the panel into the left sidebar. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cdf-auth:panel',
  description: 'The sidebar for signing in and choosing a project.',
  autoStart: true,
  requires: [ISessions, IProjects, IKernels, IOutputGuard],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    projects: IProjects,
    kernels: IKernels,
    outputs: IOutputGuard,
    restorer: ILayoutRestorer | null
  ): void => {
    const openSettings = (): void =>
      void app.commands.execute('settingeditor:open', {
        query: SESSIONS_PLUGIN
      });
    const panel = new CdfAuthPanel(
      {
        sessions,
        projects,
        kernels,
        outputs,
        clock: systemClock,
        unencryptedGateway: unencryptedGateway(),
        openSettings
      },
      async () => (await import('../panel/views')).Panel
    );
    panel.title.icon = cdfIcon;
    app.shell.add(panel, 'left', { rank: 600 });
    restorer?.add(panel, panel.id);
  }
};
