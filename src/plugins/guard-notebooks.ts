import type { NotebookPanel } from '@jupyterlab/notebook';
import { OutputGuard } from '../outputs/guard';
import { KnownTokens } from '../outputs/known-tokens';
import type { ILoadedGuard } from '../outputs/late-guard';
import { audiencesOf, scan } from '../outputs/scanner';
import { notifyOfLeaks } from '../panel/leak-notifications';
import type { IClock } from '../shared/clock';
import type { ISessions } from '../tokens';
import { OpenNotebook } from './open-notebook';

/** The guard of JupyterLab's notebooks, with all that it takes; a lazy chunk. */
export function guardNotebooks(
  sessions: ISessions,
  clock: IClock
): ILoadedGuard<NotebookPanel> {
  const known = new KnownTokens(clock);
  const guard = new OutputGuard(clock);
  const notebooks = new WeakMap<NotebookPanel, OpenNotebook>();
  const follow = (panel: NotebookPanel): OpenNotebook => {
    const notebook = new OpenNotebook(panel);
    notebooks.set(panel, notebook);
    panel.context.model.contentChanged.connect(() => guard.changedIn(notebook));
    panel.disposed.connect(() => guard.closed(notebook));
    return notebook;
  };
  notifyOfLeaks(guard);
  return {
    guard,
    remember: token => known.remember(token),
    check: panel => {
      if (!panel.isDisposed) {
        const wanted = {
          findKnown: known.search(),
          audiences: audiencesOf(sessions.connections),
          now: clock.now()
        };
        const notebook = notebooks.get(panel) ?? follow(panel);
        guard.check(notebook, output => scan(output, wanted));
      }
    }
  };
}
