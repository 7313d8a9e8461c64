import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Attacher } from '../kernels/attacher';
import { LateGuard } from '../outputs/late-guard';
import { systemClock } from '../shared/clock';
import { IKernels, IOutputGuard, ISessions } from '../tokens';
import type { NotebookContext } from './open-notebook';

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
    const guard = new LateGuard<NotebookContext>(async () => {
      const { guardNotebooks } = await import('./guard-notebooks');
      return guardNotebooks(sessions, systemClock);
    }, systemClock);
    // This extension's own, which tells more than others may know.
    const { handedOut } = kernels as Attacher;
    handedOut.connect((_, token) => guard.remember(token));
    const followed = new WeakSet<NotebookContext>();
    const follow = ({ context }: NotebookPanel): void => {
      if (followed.has(context)) {
        // Another view of the same notebook.
        return;
      }
      followed.add(context);
      context.saveState.connect((_, state) => {
        if (state === 'started') {
          guard.saving(context);
        }
      });
    };
    tracker?.forEach(follow);
    tracker?.widgetAdded.connect((_, panel) => follow(panel));
    return guard;
  }
};
