import { CdfAuthError, cancelled } from '../shared/errors';
import type { IConnection, IProfile } from '../tokens';
import type { IAttempt } from './flows';
import type { IServerApi, IServerProfile } from './server-api';
import { ServerSession } from './server-session';

/**
 * Let the server get tokens as one of its applications, for the cluster of the connection: nobody signs in.
 *
 * @throws `CdfAuthError`, with the provider's own text where it refuses.
 */
export async function useProfile(
  api: IServerApi,
  name: string,
  connection: IConnection,
  { report, signal, unwanted }: IAttempt
): Promise<ServerSession> {
  report({ flow: 'profile', name });
  // Asked to the end also where it is called off: the server would have the session nevertheless.
  const told = await api.use(name, connection);
  if (signal.aborted) {
    unwanted(told.id);
    throw cancelled();
  }
  if (!told.account) {
    throw new CdfAuthError(
      'server_bad_answer',
      'The Jupyter server answered with a session of nobody.',
      'Update its extension jupyterlab_cdf_auth to the version of this page.'
    );
  }
  return new ServerSession(told, connection, told.account);
}

/** The profiles that the server offers to this user. */
export class Profiles {
  /** Those that can be used for the connection. */
  of(connection: IConnection | null): readonly IProfile[] {
    const cluster = connection?.cluster ?? '';
    return this._all.filter(({ clusters }) => clusters.includes(cluster));
  }

  /** Take over what the server has told; tells whether it is anything new. */
  update(told: readonly IServerProfile[]): boolean {
    const isNew = JSON.stringify(told) !== JSON.stringify(this._all);
    this._all = told;
    return isNew;
  }

  private _all: readonly IServerProfile[] = [];
}
