import * as React from 'react';
import type { IProjects, ISessions } from '../tokens';

/** The list "Profiles": what the administrator offers for unattended work. */
export function Profiles(props: {
  sessions: ISessions;
}): React.JSX.Element | null {
  const { sessions } = props;
  const id = React.useId();
  const offered = sessions.profiles.filter(
    ({ name }) => name !== sessions.session?.profile
  );
  if (offered.length === 0) {
    return null;
  }
  return (
    <div className="jp-CdfAuth-profiles">
      <h3 id={id}>Profiles for unattended work</h3>
      <ul aria-labelledby={id}>
        {offered.map(({ name, description }) => (
          <li key={name} className="jp-CdfAuth-row">
            <span className="jp-CdfAuth-profileText">
              <span>{name}</span>
              {description && (
                <span className="jp-CdfAuth-hint">{description}</span>
              )}
            </span>
            <button
              className="jp-CdfAuth-link"
              aria-label={`Use the profile ${name}`}
              onClick={() => void sessions.useProfile(name)}
            >
              Use
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Asks once more, after an administrator has put a profile right. */
export function CheckAgain(props: { projects: IProjects }): React.JSX.Element {
  return (
    <button
      className="jp-mod-styled jp-CdfAuth-wide"
      onClick={() => void props.projects.reload()}
    >
      Check again
    </button>
  );
}
