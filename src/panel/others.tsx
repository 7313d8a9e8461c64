import * as React from 'react';
import type { ISessions } from '../tokens';

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
            {holder === 'server' ? ', on the server' : ', in this tab'}
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
