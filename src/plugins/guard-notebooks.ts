import { OutputGuard } from '../outputs/guard';
import { KnownTokens } from '../outputs/known-tokens';
import type { ILoadedGuard } from '../outputs/late-guard';
import { audiencesOf, scan } from '../outputs/scanner';
import { notifyOfLeaks } from '../panel/leak-notifications';
import type { IClock } from '../shared/clock';
import type { ISessions } from '../tokens';
import type { NotebookContext } from './open-notebook';
import { OpenNotebook } from './open-notebook';

/** The guard of JupyterLab's notebooks, with all that it takes; a lazy chunk. */
export function guardNotebooks(
  sessions: ISessions,
  clock: IClock
): ILoadedGuard<NotebookContext> {
  const known = new KnownTokens(clock);
  const guard = new OutputGuard(clock);
  const notebooks = new WeakMap<NotebookContext, OpenNotebook>();
  const follow = (context: NotebookContext): OpenNotebook => {
    const notebook = new OpenNotebook(context);
    notebooks.set(context, notebook);
    context.model.contentChanged.connect(() => guard.changedIn(notebook));
    context.disposed.connect(() => guard.closed(notebook));
    return notebook;
  };
  notifyOfLeaks(guard);
  return {
    guard,
    remember: token => known.remember(token),
    check: context => {
      if (!context.isDisposed) {
        const wanted = {
          findKnown: known.search(),
          audiences: audiencesOf(sessions.connections),
          now: clock.now()
        };
        const notebook = notebooks.get(context) ?? follow(context);
        guard.check(notebook, output => scan(output, wanted));
      }
    }
  };
}
