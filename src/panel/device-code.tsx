import * as React from 'react';
import type { IClock } from '../shared/clock';
import type { IPendingDeviceCode, ISessions } from '../tokens';
import { CancelButton } from './sign-in';
import { countdown } from './time';
import { useTime } from './use-signal';

const SECOND = 1000;

/** A device code waits to be typed in, on this computer or another. */
export function DeviceCode(props: {
  sessions: ISessions;
  pending: IPendingDeviceCode;
  clock: IClock;
}): React.JSX.Element {
  const { sessions, pending, clock } = props;
  const now = useTime(clock, SECOND);
  const { code, page, until } = pending;
  if (code === null) {
    return (
      <section className="jp-CdfAuth-section">
        <h2>Signing in</h2>
        <p role="status">Asking for a code…</p>
        <CancelButton sessions={sessions} />
      </section>
    );
  }
  return (
    <section className="jp-CdfAuth-section">
      <h2>
        Enter this code at{' '}
        <span className="jp-CdfAuth-page">{shown(page)}</span>
      </h2>
      <div className="jp-CdfAuth-code" role="group" aria-label="Device code">
        {code}
      </div>
      <button
        className="jp-mod-styled jp-mod-accept jp-CdfAuth-wide"
        onClick={() => {
          void copy(code);
          window.open(page, '_blank', 'noopener');
        }}
      >
        Copy code and open the sign-in page
      </button>
      <CancelButton sessions={sessions} />
      <div className="jp-CdfAuth-row jp-CdfAuth-hint">
        <span role="status">Waiting for you…</span>
        <span>{countdown(until - now)} left</span>
      </div>
      {pending.isMove && sessions.session && (
        <p className="jp-CdfAuth-hint">
          Sign in there as {sessions.session.account.username}. Until you have,
          everything goes on as it is.
        </p>
      )}
    </section>
  );
}

/** Copy where that is allowed; where it isn't, the code still stands there to be typed. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http on another host has no clipboard, and people can forbid it.
  }
}

/** The address as people read it out. */
function shown(page: string): string {
  const { host, pathname } = new URL(page);
  return `${host}${pathname}`;
}
