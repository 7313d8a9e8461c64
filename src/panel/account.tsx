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
    <section className="jp-CdfAuth-section">
      <div className="jp-CdfAuth-account">
        <span className="jp-CdfAuth-avatar" aria-hidden="true">
          {name.charAt(0).toUpperCase()}
        </span>
        <div
          role="status"
          className="jp-CdfAuth-accountText"
          data-state={session.problem ? 'ended' : 'active'}
        >
          <strong>{name}</strong>
          <span className="jp-CdfAuth-hint">{username}</span>
          <span className="jp-CdfAuth-until">
            <span className="jp-CdfAuth-dot" />
            {session.problem
              ? 'The sign-in has ended'
              : `Good until ${moment(session.until, now)}, while this browser is open`}
          </span>
        </div>
        <button
          className="jp-CdfAuth-link"
          onClick={() => void sessions.signOut()}
        >
          Sign out
        </button>
      </div>
    </section>
  );
}
