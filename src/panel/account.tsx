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
          {session.problem
            ? 'The sign-in has ended'
            : `Good until ${moment(session.until, now)}, while this browser is open`}
        </span>
      </div>
      <button
        className="jp-CdfAuth-link jp-CdfAuth-signOut"
        onClick={() => void sessions.signOut()}
      >
        Sign out
      </button>
    </section>
  );
}
