import * as React from 'react';
import type { IKernelEntry, IKernels, ISession, ISessions } from '../tokens';
import { Notice } from './notice';

/** What the panel says of cells that wait. */
interface IWait {
  entries: readonly IKernelEntry[];
  sessions: ISessions;
  kernels: IKernels;
}

/** Cells wait: for whom, and who can help. */
export function Waiting(props: {
  sessions: ISessions;
  kernels: IKernels;
}): React.JSX.Element {
  const { session } = props.sessions;
  const all = props.kernels.entries.filter(({ state }) => state === 'waiting');
  const waits = (kind: Wait): IWait => ({
    ...props,
    entries: all.filter(entry => waitOf(entry, session) === kind)
  });
  return (
    <>
      <ForTheProfile {...waits('profile')} />
      <ForTheUser {...waits('sign-in')} />
      <ForTheProvider {...waits('provider')} />
      <ForAnotherHolder {...waits('elsewhere')} />
    </>
  );
}

/** What helps a cell. */
export type Wait = 'sign-in' | 'provider' | 'profile' | 'elsewhere';

/** What helps the cell of a kernel that waits. Of its own sessions the server tells how they stand. */
export function waitOf(
  { waitsFor }: IKernelEntry,
  session: ISession | null
): Wait {
  if (session?.profile && session.problem) {
    // Whoever's session it waits for, there is nothing to sign in to.
    return 'profile';
  }
  if (waitsFor === 'server') {
    return session?.problem ? 'sign-in' : 'provider';
  }
  return waitsFor ?? 'sign-in';
}

function ForTheProfile({ entries }: IWait): React.JSX.Element | null {
  return entries.length === 0 ? null : (
    <Notice
      kind="attention"
      problem={{
        message: `${namesOf(entries)} waiting.`,
        action: 'The cell goes on where it is once the profile gets tokens.'
      }}
    />
  );
}

function ForTheUser({ entries, sessions }: IWait): React.JSX.Element | null {
  return entries.length === 0 || isServed(sessions) ? null : (
    <Notice
      kind="attention"
      problem={{
        message: `${namesOf(entries)} waiting for you.`,
        action: 'Sign in, and the cell goes on where it is.'
      }}
    />
  );
}

function ForTheProvider({ entries }: IWait): React.JSX.Element | null {
  const [first] = entries;
  if (!first) {
    return null;
  }
  const {
    message = 'The sign-in service gives the Jupyter server no token just now.',
    action = 'If it takes long, check the network of the server.'
  } = first.problem ?? {};
  return (
    <Notice
      kind="attention"
      problem={{
        message: `${namesOf(entries)} waiting. ${message}`,
        action: `The cell goes on by itself once there is a token. ${action}`
      }}
    />
  );
}

function ForAnotherHolder({
  entries,
  sessions,
  kernels
}: IWait): React.JSX.Element | null {
  const { session } = sessions;
  return entries.length === 0 ? null : (
    <Notice
      kind="attention"
      problem={{
        message: `${namesOf(entries)} waiting for a sign-in that isn't held here.`,
        action: isServed(sessions)
          ? 'If it was the same account, the cell can go on with yours.'
          : 'Sign in here as the same account to let it go on.'
      }}
    >
      {isServed(sessions) && (
        <button className="jp-CdfAuth-link" onClick={() => kernels.claim()}>
          Go on as {session?.account.username}
        </button>
      )}
    </Notice>
  );
}

function isServed({ session }: ISessions): boolean {
  return session !== null && !session.problem;
}

/** For example "a.ipynb, b.ipynb are". */
function namesOf(entries: readonly IKernelEntry[]): string {
  const names = entries.flatMap(entry => entry.names);
  return `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'}`;
}
