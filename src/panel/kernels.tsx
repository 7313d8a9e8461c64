import * as React from 'react';
import type { IKernelEntry, IKernels } from '../tokens';
import { ago } from './time';

/** The list "Kernels". */
export function KernelList(props: {
  kernels: IKernels;
  now: number;
}): React.JSX.Element {
  const { entries } = props.kernels;
  const id = React.useId();
  return (
    <section className="jp-CdfAuth-section">
      <div className="jp-CdfAuth-row">
        <h3 id={id}>Kernels</h3>
        <span className="jp-CdfAuth-hint">{entries.length}</span>
      </div>
      {entries.length === 0 && (
        <p className="jp-CdfAuth-hint">
          Open a notebook or a console: its code can then call{' '}
          <code>get_token()</code>.
        </p>
      )}
      <ul className="jp-CdfAuth-kernels" aria-labelledby={id}>
        {entries.map(entry => (
          <li key={entry.id} data-state={entry.state}>
            <span className="jp-CdfAuth-dot" />
            <span
              className="jp-CdfAuth-kernelName"
              title={entry.names.join(', ')}
            >
              {entry.names.join(', ')}
            </span>
            <span className="jp-CdfAuth-hint">{stateOf(entry, props.now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function stateOf(entry: IKernelEntry, now: number): string {
  switch (entry.state) {
    case 'attaching':
      return 'connecting…';
    case 'waiting':
      return 'waiting for a sign-in';
    case 'not-python':
      return 'not a Python kernel';
    case 'unreachable':
      return "doesn't answer";
    case 'attached':
      return entry.lastServed === null
        ? 'ready'
        : `token used ${ago(entry.lastServed, now)}`;
  }
}
