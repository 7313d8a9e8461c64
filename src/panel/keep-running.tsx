import * as React from 'react';
import type { IAccount, ISessions } from '../tokens';

/** Moves the sign-in of this tab to the server, once it is clear to the user what that means. */
export function KeepRunning(props: {
  sessions: ISessions;
  account: IAccount;
}): React.JSX.Element {
  const [isExplained, setExplained] = React.useState(false);
  if (!isExplained) {
    return (
      <button
        className="jp-mod-styled jp-CdfAuth-wide"
        onClick={() => setExplained(true)}
      >
        Keep this running when I close the browser
      </button>
    );
  }
  return (
    <Explanation
      account={props.account}
      onStart={() => void props.sessions.moveToServer()}
      onClose={() => setExplained(false)}
    />
  );
}

function Explanation(props: {
  account: IAccount;
  onStart: () => void;
  onClose: () => void;
}): React.JSX.Element {
  const id = React.useId();
  const heading = React.useRef<HTMLHeadingElement>(null);
  // The button that had the focus is gone; a screen reader goes on here.
  React.useEffect(() => heading.current?.focus(), []);
  return (
    <div className="jp-CdfAuth-explanation" role="group" aria-labelledby={id}>
      <h3 id={id} ref={heading} tabIndex={-1}>
        Keep this running when I close the browser
      </h3>
      <ul>
        <li>
          You sign in once more as <strong>{props.account.username}</strong>, by
          entering a code on Microsoft&apos;s page.
        </li>
        <li>
          The sign-in then lives on the Jupyter server, and goes on until you
          sign out. Whether it outlasts a restart of the server, the panel says
          afterwards.
        </li>
        <li>
          Notebooks keep their project, and nothing is interrupted, not even a
          cell that is running.
        </li>
      </ul>
      <button
        className="jp-mod-styled jp-mod-accept jp-CdfAuth-wide"
        onClick={props.onStart}
      >
        Get a code
      </button>
      <button className="jp-mod-styled jp-CdfAuth-wide" onClick={props.onClose}>
        Not now
      </button>
    </div>
  );
}
