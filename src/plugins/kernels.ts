import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { ISessionContext, IWidgetTracker } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { URLExt } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { UUID } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import type { Projects } from '../cdf/projects';
import type { Sessions } from '../identity/sessions';
import { assignViaServer } from '../kernels/assign-via-server';
import { Assignment } from '../kernels/assignment';
import { Attacher } from '../kernels/attacher';
import { PackedAgent } from '../kernels/agent';
import type { IChoiceMemory } from '../kernels/holder';
import { Holder } from '../kernels/holder';
import { systemClock } from '../shared/clock';
import { IKernels, IProjects, ISessions } from '../tokens';

/** Serves the kernels of the open notebooks and consoles. */
export const kernelsPlugin: JupyterFrontEndPlugin<IKernels> = {
  id: 'jupyterlab-cdf-auth:kernels',
  description: 'Brings tokens to the kernels of notebooks and consoles.',
  autoStart: true,
  requires: [ISessions, IProjects],
  optional: [INotebookTracker, IConsoleTracker],
  provides: IKernels,
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    projects: IProjects,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null
  ): IKernels => {
    const { kernelspecs, serverSettings } = app.serviceManager;
    const holder = new Holder(
      UUID.uuid4(),
      // This extension's own, which know more than what others may use.
      sessions as Sessions,
      projects as Projects,
      choiceMemory(serverSettings.baseUrl),
      systemClock
    );
    const languageOf = (name: string): string | undefined =>
      kernelspecs.specs?.kernelspecs[name]?.language;
    const attacher = new Attacher(
      holder,
      new PackedAgent(),
      languageOf,
      systemClock
    );
    new Assignment(
      attacher,
      holder,
      assignViaServer(serverSettings),
      (sessions as Sessions).handover,
      systemClock
    );
    for (const tracker of [notebooks, consoles]) {
      if (tracker) {
        followAll(attacher, tracker);
      }
    }
    return attacher;
  }
};

/** Per tab; the key includes the base URL, since on a hub all users share an origin. */
function choiceMemory(baseUrl: string): IChoiceMemory {
  const key = `cdf-auth:${URLExt.parse(baseUrl).pathname}since`;
  return {
    read: () => sessionStorage.getItem(key),
    write: since => {
      try {
        sessionStorage.setItem(key, since);
      } catch {
        // A full or forbidden storage costs the memory over a reload, nothing else.
      }
    }
  };
}

type KernelWidget = Widget & { sessionContext: ISessionContext };

function followAll(
  attacher: Attacher,
  tracker: IWidgetTracker<KernelWidget>
): void {
  const follow = (widget: KernelWidget): void => {
    const { sessionContext } = widget;
    const user = {
      get name() {
        return widget.title.label;
      },
      get kernel() {
        return sessionContext.session?.kernel ?? null;
      }
    };
    const refresh = (): void => attacher.refresh();
    sessionContext.kernelChanged.connect(refresh);
    sessionContext.connectionStatusChanged.connect(refresh);
    widget.title.changed.connect(refresh);
    widget.disposed.connect(() => attacher.unfollow(user));
    attacher.follow(user);
  };
  tracker.forEach(follow);
  tracker.widgetAdded.connect((_, widget) => follow(widget));
}
