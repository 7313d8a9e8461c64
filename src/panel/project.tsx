import { HTMLSelect, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { asCdfAuthError } from '../shared/errors';
import type { IProblem, IProjects } from '../tokens';
import { Notice } from './notice';

/** The combobox "Project": a choice where CDF lists the projects, a text field where it doesn't. */
export function ProjectField(props: {
  projects: IProjects;
  /** What the panel says already. */
  known?: IProblem | null;
}): React.JSX.Element {
  const { projects, known = null } = props;
  const id = React.useId();
  const isTyped =
    projects.names.length === 0 &&
    (projects.status === 'loaded' || projects.status === 'failed');
  return (
    <div className="jp-CdfAuth-field">
      <div className="jp-CdfAuth-row">
        <label htmlFor={id}>Project</label>
        <button
          className="jp-CdfAuth-iconButton"
          title="Reload the list of projects"
          aria-label="Reload the list of projects"
          onClick={() => void projects.reload()}
        >
          <refreshIcon.react tag="span" width="14px" height="14px" />
        </button>
      </div>
      {isTyped ? (
        <TypedProject id={id} projects={projects} known={known} />
      ) : (
        <ListedProject id={id} projects={projects} />
      )}
    </div>
  );
}

function ListedProject(props: {
  id: string;
  projects: IProjects;
}): React.JSX.Element {
  const { id, projects } = props;
  const { names, selected, status } = projects;
  // While the list is loading the remembered choice stands alone.
  const shown =
    names.length === 0 && selected !== null ? [selected] : [...names];
  return (
    <HTMLSelect
      id={id}
      aria-busy={status === 'loading'}
      value={selected ?? ''}
      onChange={event => projects.select(event.target.value)}
    >
      {selected === null && (
        <option value="" disabled>
          {status === 'loading' ? 'Loading…' : 'Choose a project'}
        </option>
      )}
      {shown.map(name => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </HTMLSelect>
  );
}

function TypedProject(props: {
  id: string;
  projects: IProjects;
  known: IProblem | null;
}): React.JSX.Element {
  const { id, projects, known } = props;
  const { selected } = projects;
  const [text, setText] = React.useState(selected ?? '');
  // It may be chosen by the command, too.
  React.useEffect(() => setText(selected ?? ''), [selected]);
  const [refusal, setRefusal] = React.useState<IProblem | null>(null);
  const submit = (): void => {
    try {
      projects.select(text);
      setRefusal(null);
    } catch (error) {
      setRefusal(asCdfAuthError(error));
    }
  };
  return (
    <>
      <form
        className="jp-CdfAuth-row"
        onSubmit={event => {
          event.preventDefault();
          submit();
        }}
      >
        <input
          id={id}
          className="jp-mod-styled"
          role="combobox"
          aria-expanded="false"
          aria-autocomplete="none"
          placeholder="Name of the project"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <button className="jp-mod-styled" type="submit">
          Use
        </button>
      </form>
      {selected !== null && text.trim() !== selected && (
        <p className="jp-CdfAuth-hint">
          Notebooks stay in {selected} until you click &quot;Use&quot;.
        </p>
      )}
      {projects.failure ? (
        projects.failure.code !== known?.code && (
          <Notice problem={projects.failure} />
        )
      ) : (
        <p className="jp-CdfAuth-hint">
          CDF lists no project for this account. If you know one, type its name.
        </p>
      )}
      {refusal && <Notice problem={refusal} />}
    </>
  );
}
