import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ISessions } from '../tokens';

/** The combobox "Connection". */
export function ConnectionField(props: {
  sessions: ISessions;
}): React.JSX.Element {
  const { sessions } = props;
  const id = React.useId();
  return (
    <div className="jp-CdfAuth-field">
      <label htmlFor={id}>Connection</label>
      <HTMLSelect
        id={id}
        value={sessions.connection?.id}
        onChange={event => sessions.selectConnection(event.target.value)}
      >
        {sessions.connections.map(connection => (
          <option key={connection.id} value={connection.id}>
            {connection.label}
          </option>
        ))}
      </HTMLSelect>
    </div>
  );
}
