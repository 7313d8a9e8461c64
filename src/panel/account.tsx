import * as React from 'react';
import type { ISession, ISessions } from '../tokens';
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
      {session.holder === 'tab' && (
        <p className="jp-CdfAuth-hint">
          To keep notebooks going when you close the browser:{' '}
          <button
            className="jp-CdfAuth-link"
            onClick={() => void sessions.signIn('device-code')}
          >
            Sign in with a device code
          </button>
        </p>
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

/** Other sessions for the same connection, to go back to. */
export function OtherAccounts(props: {
  sessions: ISessions;
}): React.JSX.Element | null {
  const { sessions } = props;
  if (sessions.others.length === 0) {
    return null;
  }
  return (
    <ul className="jp-CdfAuth-others" aria-label="Other accounts">
      {sessions.others.map(({ id, account, holder }) => (
        <li key={id} className="jp-CdfAuth-row">
          <span className="jp-CdfAuth-hint">
            {account.username}
            {holder === 'server' ? ', on the server' : ', in this browser'}
          </span>
          <button
            className="jp-CdfAuth-link"
            aria-label={`Use ${account.username}`}
            onClick={() => sessions.selectSession(id)}
          >
            Use
          </button>
        </li>
      ))}
    </ul>
  );
}
