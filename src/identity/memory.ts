import type { IKnownAccount } from './client';

/** What a tab remembers of a session over a reload. Tokens are MSAL's business; there is no secret here. */
export interface IRememberedSession {
  id: string;
  /** Label of the connection under which it was made. */
  connection: string;
  account: IKnownAccount;
  /** Milliseconds since the epoch. */
  signedInAt: number;
}

/** What a tab remembers over a reload. */
export interface IRemembered {
  /** Label of the selected connection. */
  connection: string | null;
  /** Ids of the selected sessions, which may be the server's, by registration. */
  selected: Record<string, string>;
  /** Id of the device code that this tab waits for. */
  pending: string | null;
  sessions: IRememberedSession[];
  /** Those that are over or were moved to the server; all that is left to do is to drop their tokens. */
  moved?: IRememberedSession[];
}

const NOTHING: IRemembered = {
  connection: null,
  selected: {},
  pending: null,
  sessions: []
};

/** The tab's memory: per tab and gone with it, like the tokens that it belongs to. */
export class TabMemory {
  /**
   * @param key - includes the server's base URL: on a hub all users share an origin.
   */
  constructor(
    private readonly _storage: Pick<Storage, 'getItem' | 'setItem'>,
    private readonly _key: string
  ) {}

  read(): IRemembered {
    try {
      const value: unknown = JSON.parse(
        this._storage.getItem(this._key) ?? 'null'
      );
      return isRemembered(value) ? value : NOTHING;
    } catch {
      return NOTHING;
    }
  }

  write(value: IRemembered): void {
    try {
      this._storage.setItem(this._key, JSON.stringify(value));
    } catch {
      // A full or forbidden storage costs the memory over a reload, nothing else.
    }
  }
}

function isRemembered(value: unknown): value is IRemembered {
  const remembered = value as IRemembered | null;
  return (
    Array.isArray(remembered?.sessions) &&
    typeof remembered.selected === 'object' &&
    remembered.sessions.every(
      session =>
        typeof session.id === 'string' &&
        typeof session.connection === 'string' &&
        typeof session.signedInAt === 'number' &&
        typeof (session.account as IKnownAccount | undefined)?.key ===
          'string' &&
        typeof session.account.username === 'string'
    )
  );
}
