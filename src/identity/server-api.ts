import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { CdfAuthError } from '../shared/errors';
import type { IAccount, IConnection, IProblem, IProfile } from '../tokens';

/** A session as the server describes it; see `docs/server-api.md`. */
export interface IServerSession {
  id: string;
  status: 'pending' | 'active' | 'ended' | 'failed';
  connection: { label: string };
  account: IAccount | null;
  device: {
    userCode: string;
    verificationUri: string;
    /** Seconds. */
    expiresIn: number;
  } | null;
  profile: { name: string } | null;
  problem: IProblem | null;
  kept: 'memory' | 'file' | 'vault';
  /** Id of the session of a page in whose place it is held. */
  replaces: string | null;
}

/** A profile as the server describes it. */
export interface IServerProfile extends IProfile {
  /** The clusters that it is for. */
  clusters: readonly string[];
}

/** What the server has for this user. */
export interface IServerList {
  sessions: IServerSession[];
  profiles: IServerProfile[];
}

/** The session of a page that the server is to take over, and whose it is. */
export interface IReplaced {
  session: string;
  account: { username: string; objectId: string | null };
}

/** The server's sessions, as a port. All methods throw `CdfAuthError`. */
export interface IServerApi {
  list(): Promise<IServerList>;
  /**
   * @param renew - the id of a session that has ended and is to go on.
   * @param replaces - the session of this page that is to be moved.
   */
  start(
    connection: IConnection,
    renew: string | null,
    replaces: IReplaced | null
  ): Promise<IServerSession>;
  /** Start a session of the profile `name`, for the cluster of the connection. */
  use(name: string, connection: IConnection): Promise<IServerSession>;
  get(id: string, signal: AbortSignal): Promise<IServerSession>;
  remove(id: string): Promise<void>;
}

/** The server's REST API. */
export class ServerApi implements IServerApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async list(): Promise<IServerList> {
    // A page that is merely open is no activity for which a hub would keep the server.
    const { sessions = [], profiles = [] } = (await this._request('GET', '', {
      query: '?no_track_activity=1'
    })) as Partial<IServerList>;
    return { sessions, profiles };
  }

  async start(
    connection: IConnection,
    renew: string | null,
    replaces: IReplaced | null
  ): Promise<IServerSession> {
    const body = {
      connection: described(connection),
      ...(renew === null ? {} : { session: renew }),
      ...(replaces === null ? {} : { replaces })
    };
    return (await this._request('POST', '', { body })) as IServerSession;
  }

  async use(profile: string, connection: IConnection): Promise<IServerSession> {
    const body = { profile, connection: described(connection) };
    return (await this._request('POST', '', { body })) as IServerSession;
  }

  async get(id: string, signal: AbortSignal): Promise<IServerSession> {
    return (await this._request('GET', id, { signal })) as IServerSession;
  }

  async remove(id: string): Promise<void> {
    await this._request('DELETE', id, {});
  }

  private async _request(
    method: string,
    path: string,
    {
      body,
      query = '',
      signal
    }: { body?: unknown; query?: string; signal?: AbortSignal }
  ): Promise<unknown> {
    let response: Response;
    try {
      const { baseUrl } = this._settings;
      response = await ServerConnection.makeRequest(
        URLExt.join(baseUrl, 'cdf-auth', 'sessions', path) + query,
        {
          method,
          signal: signal ?? null,
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        },
        this._settings
      );
    } catch (error) {
      throw new CdfAuthError(
        'server_unreachable',
        "The Jupyter server can't be reached.",
        'Check that it is running, then try again.',
        { cause: error, transient: true }
      );
    }
    if (response.status === 204) {
      return null;
    }
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok && answer !== null) {
      return answer;
    }
    throw refusal(answer as Partial<IProblem> | null, response.status);
  }
}

function described({
  label,
  tenant,
  deviceClientId,
  cluster,
  baseUrl,
  authority,
  scopes
}: IConnection): object {
  return {
    label,
    tenant,
    clientId: deviceClientId,
    cluster,
    baseUrl,
    authority,
    scopes
  };
}

/** The server's own words, or that it has none for us. */
function refusal(
  problem: Partial<IProblem> | null,
  status: number
): CdfAuthError {
  if (problem?.code && problem.message) {
    const { code, message, action = '' } = problem;
    return new CdfAuthError(code, message, action, {
      transient: status >= 500
    });
  }
  return new CdfAuthError(
    'server_missing',
    `The Jupyter server can't hold a sign-in (HTTP ${status}).`,
    'Check that the server extension jupyterlab_cdf_auth is enabled.'
  );
}
