import * as React from 'react';
import { Notice } from './notice';

/** Said before anybody signs in: every token that a kernel is given goes this way. */
export function UnencryptedGateway(props: {
  host: string | null | undefined;
}): React.JSX.Element | null {
  return props.host ? (
    <Notice
      kind="attention"
      problem={{
        message: `The way to your kernels, at ${props.host}, isn't encrypted.`,
        action:
          'Whoever is on that way can read their tokens. Ask your administrator for a gateway with https.'
      }}
    />
  ) : null;
}
