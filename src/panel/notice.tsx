import * as React from 'react';
import type { IProblem } from '../tokens';

/** What happened and what to do, said where the user is looking. */
export function Notice(props: {
  problem: Pick<IProblem, 'message' | 'action'>;
  kind?: 'error' | 'attention';
  children?: React.ReactNode;
}): React.JSX.Element {
  const { problem, kind = 'error' } = props;
  return (
    <div className={`jp-CdfAuth-notice jp-mod-${kind}`} role="alert">
      <strong>{problem.message}</strong>
      {problem.action && <span>{problem.action}</span>}
      {props.children}
    </div>
  );
}
