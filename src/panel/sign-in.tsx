import * as React from 'react';
import type { IPendingProfile, IPendingWindow, ISessions } from '../tokens';
import { ConnectionField } from './connection';
import { OtherAccounts } from './others';
import { Profiles } from './profiles';

/** The start: which connection, and the button. */
export function SignedOut(props: { sessions: ISessions }): React.JSX.Element {
  return (
    <section className="jp-CdfAuth-section">
      <h2>Sign in to use CDF</h2>
      <p className="jp-CdfAuth-hint">
        Notebooks then call <code>get_token()</code> and always get a fresh
        token.
      </p>
      <ConnectionField sessions={props.sessions} />
      <SignInButton sessions={props.sessions} />
      <DeviceCodeButton sessions={props.sessions} />
      <OtherAccounts sessions={props.sessions} />
      <Profiles sessions={props.sessions} />
      <p className="jp-CdfAuth-hint">
        Your password never passes through JupyterLab. A device code keeps
        notebooks going when you close the browser.
      </p>
    </section>
  );
}

/** The sign-in window is open. */
export function SigningIn(props: {
  sessions: ISessions;
  pending: IPendingWindow;
}): React.JSX.Element {
  const { sessions, pending } = props;
  return (
    <section className="jp-CdfAuth-section">
      <h2>Signing in</h2>
      <p role="status">
        {pending.windowClosed
          ? 'The sign-in window seems to be closed. Sign in again, or cancel.'
          : 'Waiting for you in the sign-in window…'}
      </p>
      {pending.windowClosed && <SignInButton sessions={sessions} />}
      <CancelButton sessions={sessions} />
    </section>
  );
}

/** The first token of a profile is on its way. */
export function StartingProfile(props: {
  sessions: ISessions;
  pending: IPendingProfile;
}): React.JSX.Element {
  return (
    <section className="jp-CdfAuth-section">
      <h2>Profile {props.pending.name}</h2>
      <p role="status">The Jupyter server asks for a token…</p>
      <CancelButton sessions={props.sessions} />
    </section>
  );
}

/** Calls the pending sign-in off. */
export function CancelButton(props: {
  sessions: ISessions;
}): React.JSX.Element {
  return (
    <button
      className="jp-mod-styled jp-CdfAuth-wide"
      onClick={() => props.sessions.cancelSignIn()}
    >
      Cancel
    </button>
  );
}

/** Starts the interactive sign-in. The click itself must reach it, or the browser blocks the window. */
export function SignInButton(props: {
  sessions: ISessions;
}): React.JSX.Element {
  return (
    <button
      className="jp-mod-styled jp-mod-accept jp-CdfAuth-wide"
      onClick={() => void props.sessions.signIn('interactive')}
    >
      Sign in
    </button>
  );
}

/** Starts a sign-in whose session the Jupyter server holds. */
export function DeviceCodeButton(props: {
  sessions: ISessions;
}): React.JSX.Element {
  return (
    <button
      className="jp-mod-styled jp-CdfAuth-wide"
      onClick={() => void props.sessions.signIn('device-code')}
    >
      Sign in with a device code
    </button>
  );
}
