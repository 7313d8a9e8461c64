import * as React from 'react';
import type { IKernelEntry, IKernels, ISession } from '../tokens';
import { ago } from './time';
import type { Wait } from './waiting';
import { waitOf } from './waiting';

const WAITS: Readonly<Record<Wait, string>> = {
  'sign-in': 'waiting for a sign-in',
  elsewhere: 'waiting for a sign-in',
  provider: 'waiting for the sign-in service',
  profile: 'waiting for the profile'
};

/** The list "Kernels". */
export function KernelList(props: {
  kernels: IKernels;
  session: ISession | null;
  now: number;
}): React.JSX.Element {
  const { session, now } = props;
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
        {entries.map(entry => {
          const [state, explanation] = stateOf(entry, session, now);
          return (
            <li key={entry.id} data-state={entry.state}>
              <span className="jp-CdfAuth-dot" />
              <span
                className="jp-CdfAuth-kernelName"
                title={entry.names.join(', ')}
              >
                {entry.names.join(', ')}
              </span>
              <span className="jp-CdfAuth-hint jp-CdfAuth-kernelState">
                {state}
              </span>
              {explanation && (
                <span className="jp-CdfAuth-hint jp-CdfAuth-kernelHelp">
                  {explanation}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** A few words, and where they need it the whole sentence. */
function stateOf(
  entry: IKernelEntry,
  session: ISession | null,
  now: number
): [string, string?] {
  switch (entry.state) {
    case 'attaching':
      return ['connecting…'];
    case 'attached':
      return [
        entry.lastServed === null
          ? 'ready'
          : `token used ${ago(entry.lastServed, now)}`
      ];
    case 'waiting':
      return [WAITS[waitOf(entry, session)]];
    case 'unreachable':
      return [
        "doesn't answer",
        "The kernel answers nothing on its control channel. It is asked again as soon as it has ended what it does; if that doesn't help, restart it."
      ];
    case 'not-python':
      return [
        'not a Python kernel',
        'Tokens are brought to Python kernels only; this one is left alone.'
      ];
    case 'old-python':
      return [
        'needs Python 3.10 or newer',
        'Choose a kernel that has it, or update the environment of this one.'
      ];
    case 'no-ipykernel':
      return [
        'needs ipykernel 6.29 or newer',
        'Update it in the environment of this kernel, then restart the kernel. Kernels of xeus-python are served unless they are "raw" or have XEUS_LOG set.'
      ];
    case 'other-version':
      return [
        'another version of cdf-auth',
        "The kernel has loaded a version of cdf-auth that this extension doesn't understand. Restart it; if that doesn't help, update the cdf-auth that is installed in its environment."
      ];
    case 'failed':
      return [
        "can't be prepared",
        "Installing get_token() in the kernel failed. Restart it; if that doesn't help, look for a full or read-only temporary folder."
      ];
  }
}
