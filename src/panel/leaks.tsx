import * as React from 'react';
import type { ILeak, IOutputGuard } from '../tokens';
import { Notice } from './notice';
import { moment } from './time';

/** Notebooks that are saved with access tokens in their outputs. */
export function Leaks(props: {
  outputs: IOutputGuard;
  now: number;
}): React.JSX.Element {
  const { outputs, now } = props;
  return (
    <>
      {outputs.leaks.map(leak => (
        <Notice
          key={leak.id}
          kind="attention"
          problem={{
            message: messageOf(leak),
            action: `Whoever can read the file can use the token until ${moment(leak.until, now)}. Clear the output, then save the notebook again.`
          }}
        >
          <div className="jp-CdfAuth-choices">
            {choicesOf(outputs, leak).map(({ label, choose }) => (
              <button key={label} className="jp-CdfAuth-link" onClick={choose}>
                {label}
              </button>
            ))}
          </div>
        </Notice>
      ))}
    </>
  );
}

/** For example "a.ipynb is saved with an access token in the output of cell [5]." */
export function messageOf({ notebook, cells }: ILeak): string {
  const last = cells.at(-1) ?? '';
  const others = cells.slice(0, -1).join(', ');
  const where = others
    ? `outputs of cells ${others} and ${last}`
    : `output of cell ${last}`;
  return `${notebook} is saved with an access token in the ${where}.`;
}

interface IChoice {
  label: string;
  choose: () => void;
}

/** What the user can do about it, the best first. */
export function choicesOf(
  outputs: IOutputGuard,
  { id }: ILeak
): readonly [IChoice, IChoice, IChoice] {
  return [
    {
      label: 'Clear output and save',
      // Where saving fails, JupyterLab says so.
      choose: () => void outputs.clearAndSave(id).catch(() => undefined)
    },
    { label: 'Clear output', choose: () => outputs.clear(id) },
    { label: 'Keep', choose: () => outputs.keep(id) }
  ];
}
