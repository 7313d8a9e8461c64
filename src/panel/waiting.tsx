import * as React from 'react';
import type { IKernels, ISessions } from '../tokens';
import { Notice } from './notice';

/** Cells wait, and only the user can help. */
export function Waiting(props: {
  sessions: ISessions;
  kernels: IKernels;
}): React.JSX.Element | null {
  const { sessions, kernels } = props;
  const { session } = sessions;
  const waiting = kernels.entries.filter(({ state }) => state === 'waiting');
  const here = waiting.filter(({ isOrphaned }) => !isOrphaned);
  const elsewhere = waiting.filter(({ isOrphaned }) => isOrphaned);
  const isServed = session !== null && !session.problem;
  if (session?.profile && session.problem) {
    // Whoever's session they wait for, there is nothing to sign in to.
    return waiting.length > 0 ? (
      <Notice
        kind="attention"
        problem={{
          message: `${namesOf(waiting)} waiting.`,
          action: 'The cell goes on where it is once the profile gets tokens.'
        }}
      />
    ) : null;
  }
  return (
    <>
      {here.length > 0 && !isServed && (
        <Notice
          kind="attention"
          problem={{
            message: `${namesOf(here)} waiting for you.`,
            action: 'Sign in, and the cell goes on where it is.'
          }}
        />
      )}
      {elsewhere.length > 0 && (
        <Notice
          kind="attention"
          problem={{
            message: `${namesOf(elsewhere)} waiting for a sign-in that another window held.`,
            action: isServed
              ? 'If it was the same account, the cell can go on with yours.'
              : 'Sign in here as the same account to let it go on.'
          }}
        >
          {isServed && (
            <button className="jp-CdfAuth-link" onClick={() => kernels.claim()}>
              Go on as {session.account.username}
            </button>
          )}
        </Notice>
      )}
    </>
  );
}

/** For example "a.ipynb, b.ipynb are". */
function namesOf(entries: IKernels['entries']): string {
  const names = entries.flatMap(entry => entry.names);
  return `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'}`;
}
