import type { IAccount, IConnection, IProblem, ISession } from '../tokens';

/** A session whose tokens the Jupyter server keeps; it answers kernels itself. */
export class ServerSession implements ISession {
  constructor(
    readonly id: string,
    readonly connection: IConnection,
    readonly account: IAccount,
    readonly problem: IProblem | null,
    /** Id of the session of a page in whose place it is held. */
    readonly replaces: string | null
  ) {}

  readonly holder = 'server';

  readonly until = null;
}
