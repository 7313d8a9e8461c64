import * as React from 'react';
import type { IClock } from '../shared/clock';
import type { IKernels, IOutputGuard, IProjects, ISessions } from '../tokens';
import { Account } from './account';
import { DeviceCode } from './device-code';
import { ConnectionField } from './connection';
import { UnencryptedGateway } from './gateway';
import { KernelList } from './kernels';
import { Leaks } from './leaks';
import { Notice } from './notice';
import { CheckAgain } from './profiles';
import { ProjectField } from './project';
import {
  DeviceCodeButton,
  SignInButton,
  SignedOut,
  SigningIn,
  StartingProfile
} from './sign-in';
import { useSignal, useTime } from './use-signal';
import { Waiting } from './waiting';

/** What the panel shows, and the one thing that it can't do itself. */
export interface IPanelProps {
  sessions: ISessions;
  projects: IProjects;
  kernels: IKernels;
  outputs: IOutputGuard;
  clock: IClock;
  /** The host of the gateway that keeps the kernels, where it is reached over plain http. */
  unencryptedGateway?: string | null;
  openSettings(): void;
}

/** The panel's content, by the state of the sign-in. */
export function Panel(props: IPanelProps): React.JSX.Element {
  const { sessions, projects, kernels, outputs, clock } = props;
  useSignal(sessions.changed);
  useSignal(projects.changed);
  useSignal(kernels.changed);
  useSignal(outputs.changed);
  const now = useTime(clock);
  const { session, pending, failure } = sessions;
  return (
    <>
      <header className="jp-CdfAuth-header">Cognite Data Fusion</header>
      {sessions.problems.map(problem => (
        <Notice key={problem.message} problem={problem} />
      ))}
      <UnencryptedGateway host={props.unencryptedGateway} />
      {failure && <Notice problem={failure} />}
      <Leaks outputs={outputs} now={now} />
      {!pending && <Waiting {...props} />}
      {sessions.connection === null ? (
        <NoConnection {...props} />
      ) : pending?.flow === 'interactive' ? (
        <SigningIn sessions={sessions} pending={pending} />
      ) : pending?.flow === 'profile' ? (
        <StartingProfile sessions={sessions} pending={pending} />
      ) : pending ? (
        <DeviceCode sessions={sessions} pending={pending} clock={clock} />
      ) : session === null ? (
        <SignedOut sessions={sessions} />
      ) : (
        <>
          {session.problem && (
            <section className="jp-CdfAuth-section">
              <Notice problem={session.problem} kind="attention" />
              {session.profile !== null ? (
                <CheckAgain projects={projects} />
              ) : session.holder === 'tab' ? (
                <SignInButton sessions={sessions} />
              ) : (
                <DeviceCodeButton sessions={sessions} />
              )}
            </section>
          )}
          <Account sessions={sessions} session={session} now={now} />
          <section className="jp-CdfAuth-section">
            <ConnectionField sessions={sessions} />
            <ProjectField
              key={session.id}
              projects={projects}
              known={session.problem}
            />
          </section>
        </>
      )}
      <KernelList kernels={kernels} session={session} now={now} />
    </>
  );
}

/** Nothing is configured yet. */
function NoConnection(props: IPanelProps): React.JSX.Element {
  return (
    <section className="jp-CdfAuth-section">
      <h2>No connection yet</h2>
      <p>
        A connection says where you sign in and which CDF cluster you use. Your
        administrator can set it up for everybody, or you add one yourself.
      </p>
      <button
        className="jp-mod-styled jp-mod-accept jp-CdfAuth-wide"
        onClick={props.openSettings}
      >
        Open the settings
      </button>
    </section>
  );
}
