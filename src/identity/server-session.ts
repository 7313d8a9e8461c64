import type { IAccount, IConnection, IProblem, ISession } from '../tokens';
import type { IServerSession } from './server-api';

/** A session whose tokens the Jupyter server keeps; it answers kernels itself. */
export class ServerSession implements ISession {
  /**
   * @param told - what the server says of it.
   * @param connection - the one under which it was made.
   */
  constructor(
    told: IServerSession,
    readonly connection: IConnection,
    readonly account: IAccount
  ) {
    this.id = told.id;
    this.problem = told.problem;
    this.replaces = told.replaces;
    this.kept = told.kept;
    this.profile = told.profile?.name ?? null;
  }

  readonly id: string;
  readonly problem: IProblem | null;
  /** Id of the session of a page in whose place it is held. */
  readonly replaces: string | null;
  readonly kept: IServerSession['kept'];
  readonly profile: string | null;

  readonly holder = 'server';

  readonly until = null;
}
