import type { IConnection, IProfile } from '../tokens';
import { Profiles } from './profile';
import type { Roster } from './roster';
import type { IServerApi, IServerList, IServerSession } from './server-api';
import type { ServerSession } from './server-session';

/** What a look at the server's sessions has shown. */
export interface ILook {
  /** All but those that the user has ended. */
  readonly sessions: readonly IServerSession[];
  /** Whether there is anything new among the sessions and profiles. */
  readonly isNew: boolean;
}

/** Keeps the roster true to what the Jupyter server holds, and knows the profiles that it offers. */
export class ServerWatch {
  constructor(
    private readonly _server: IServerApi,
    private readonly _roster: Roster
  ) {}

  /** The connections of the settings; a session of another one isn't shown. */
  connections: readonly IConnection[] = [];

  /** The profiles that can be used for the connection. */
  profilesFor(connection: IConnection | null): readonly IProfile[] {
    return this._profiles.of(connection);
  }

  /** The connection under which a session was made, if it is still in the settings. */
  connectionOf({ connection }: IServerSession): IConnection | null {
    return this.connections.find(({ id }) => id === connection.label) ?? null;
  }

  /** Ask the server how its sessions stand; `null` where it can't say. */
  async look(): Promise<ILook | null> {
    const before = this._roster.ofServer;
    let list: IServerList;
    try {
      list = await this._server.list();
    } catch {
      // No server part, or none just now: a device code says so when somebody wants one.
      return null;
    }
    if (!this._roster.holds(before)) {
      // Somebody has signed in or out since it was asked.
      return this.look();
    }
    const sessions = list.sessions.filter(({ id }) => !this._roster.isOver(id));
    const areNew = this._profiles.update(list.profiles);
    const isNew = this._roster.update(sessions, one => this.connectionOf(one));
    return { sessions, isNew: isNew || areNew };
  }

  /** Whether the server has forgotten the session, though the user hasn't ended it here. */
  misses({ id }: ServerSession, { sessions }: ILook): boolean {
    return !this._roster.isOver(id) && !sessions.some(one => one.id === id);
  }

  private readonly _profiles = new Profiles();
}
