import * as React from 'react';
import type { ISession, ISessions } from '../tokens';
import { KeepRunning } from './keep-running';
import { OtherAccounts } from './others';
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
          {session.problem ? 'The sign-in has ended' : lasts(session, now)}
        </span>
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
    </section>
  );
}

/** How long the session is good for, and what ends it. */
function lasts({ holder, until }: ISession, now: number): string {
  if (holder === 'server') {
    return 'Goes on when you close the browser';
  }
  const end = until === null ? '' : ` until ${moment(until, now)},`;
  return `Good${end} while this browser is open`;
}
