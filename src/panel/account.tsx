import * as React from 'react';
import type { ISession, ISessions } from '../tokens';
import { KeepRunning } from './keep-running';
import { OtherAccounts } from './others';
import { Profiles } from './profiles';
import { moment } from './time';

/** Who is signed in and for how long, with "Sign out". */
export function Account(props: {
  sessions: ISessions;
  session: ISession;
  now: number;
}): React.JSX.Element {
  const { sessions, session, now } = props;
  const { name, username } = session.account;
  return (
    <section className="jp-CdfAuth-section jp-CdfAuth-who">
      <div
        role="status"
        className="jp-CdfAuth-status"
        data-state={session.problem ? 'ended' : 'active'}
      >
        <div className="jp-CdfAuth-account">
          <span className="jp-CdfAuth-avatar" aria-hidden="true">
            {name.charAt(0).toUpperCase()}
          </span>
          <div className="jp-CdfAuth-accountText">
            <strong>{name}</strong>
            <span className="jp-CdfAuth-hint">{username}</span>
          </div>
        </div>
        <span className="jp-CdfAuth-until">
          <span className="jp-CdfAuth-dot" />
          {lasts(session, now)}
        </span>
        <span className="jp-CdfAuth-hint">{restarts(session)}</span>
      </div>
      <button
        className="jp-CdfAuth-link jp-CdfAuth-signOut"
        onClick={() => void sessions.signOut()}
      >
        Sign out
      </button>
      <OtherAccounts sessions={sessions} />
      {session.holder === 'tab' && !session.problem && (
        <KeepRunning sessions={sessions} account={session.account} />
      )}
      <Profiles sessions={sessions} />
    </section>
  );
}

/** How long the session is good for, and what ends it. */
function lasts(
  { holder, until, problem, profile }: ISession,
  now: number
): string {
  if (profile !== null) {
    return problem ? 'Gives no tokens now' : 'Works with nobody signed in';
  }
  if (problem) {
    return 'The sign-in has ended';
  }
  if (holder === 'server') {
    return 'Goes on when you close the browser';
  }
  const end = until === null ? '' : ` until ${moment(until, now)},`;
  return `Good${end} while this tab is open`;
}

/** What a restart of the Jupyter server does to it; nothing where that doesn't matter. */
function restarts({ kept }: ISession): string {
  switch (kept) {
    case 'tab':
      return '';
    case 'memory':
      return 'Ends when the Jupyter server stops';
    case 'file':
      return 'Outlasts a restart of the Jupyter server, in a file that only its user can read';
    case 'vault':
      return "Outlasts a restart of the Jupyter server, in the system's vault";
  }
}
