import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Attacher } from '../kernels/attacher';
import { OutputGuard } from '../outputs/guard';
import { KnownTokens } from '../outputs/known-tokens';
import { notifyOfLeaks } from '../panel/leak-notifications';
import { systemClock } from '../shared/clock';
import { IKernels, IOutputGuard, ISessions } from '../tokens';
import { OpenNotebook } from './open-notebook';

/** Says so when a notebook is saved with a token in an output. */
export const outputsPlugin: JupyterFrontEndPlugin<IOutputGuard> = {
  id: 'jupyterlab-cdf-auth:outputs',
  description: 'Finds access tokens in the outputs of notebooks.',
  autoStart: true,
  requires: [ISessions, IKernels],
  optional: [INotebookTracker],
  provides: IOutputGuard,
  activate: (
    _: JupyterFrontEnd,
    sessions: ISessions,
    kernels: IKernels,
    tracker: INotebookTracker | null
  ): IOutputGuard => {
    const known = new KnownTokens(systemClock);
    // This extension's own, which tells more than others may know.
    const { handedOut } = kernels as Attacher;
    handedOut.connect((_, token) => known.remember(token));
    const guard = new OutputGuard(async () => {
      const { audiencesOf, scan } = await import('../outputs/scanner');
      const audiences = audiencesOf(sessions.connections);
      const findKnown = known.search();
      const now = systemClock.now();
      return output => scan(output, { findKnown, audiences, now });
    }, systemClock);
    const follow = (panel: NotebookPanel): void => {
      const notebook = new OpenNotebook(panel);
      guard.watch(notebook);
      panel.disposed.connect(() => guard.unwatch(notebook));
    };
    tracker?.forEach(follow);
    tracker?.widgetAdded.connect((_, panel) => follow(panel));
    notifyOfLeaks(guard);
    return guard;
  }
};
