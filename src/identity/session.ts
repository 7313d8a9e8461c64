import type { ITokenSource } from '../credentials/source';
import { CredentialStore } from '../credentials/store';
import type { AccessToken } from '../credentials/token';
import type { IClock } from '../shared/clock';
import { CdfAuthError } from '../shared/errors';
import type { IConnection, IProblem, ISession } from '../tokens';
import type { IKnownAccount, IOAuthClient } from './client';
import type { IRememberedSession } from './memory';

/**
 * Milliseconds for which the refresh token of a single-page application serves, renewals included.
 * Source: "Refresh tokens in the Microsoft identity platform", token lifetime: 24 hours for SPAs.
 */
const SPA_SESSION = 24 * 3600 * 1000;

/** An interactive sign-in session: its refresh token lives in this tab. */
export class InteractiveSession implements ISession {
  constructor(
    readonly id: string,
    /** The connection that was selected when it began. */
    readonly connection: IConnection,
    private _account: IKnownAccount,
    private _signedInAt: number,
    private readonly _client: () => Promise<IOAuthClient>,
    private readonly _clock: IClock,
    private readonly _onChanged: () => void
  ) {
    this._store = this._freshStore();
  }

  readonly holder = 'tab';
  readonly kept = 'tab';
  readonly profile = null;

  get account(): IKnownAccount {
    return this._account;
  }

  /** What brings the session back after a reload. */
  get remembered(): IRememberedSession {
    const { id, connection, _account, _signedInAt } = this;
    return {
      id,
      connection: connection.id,
      account: { ..._account },
      signedInAt: _signedInAt
    };
  }

  get signedInAt(): number {
    return this._signedInAt;
  }

  get until(): number {
    return this._signedInAt + SPA_SESSION;
  }

  get problem(): IProblem | null {
    return this._problem;
  }

  /** The same person has signed in again: whoever waits for this session is served from now on. */
  renewed(account: IKnownAccount, signedInAt: number): void {
    this._account = account;
    this._signedInAt = signedInAt;
    this._problem = null;
    this._store = this._freshStore();
  }

  /**
   * A token for `scopes`, good for at least `minTtl` seconds.
   *
   * @throws `CdfAuthError`; where only a new sign-in helps, the session shows it as its `problem`.
   */
  async getToken(
    scopes: readonly string[],
    minTtl: number | null = null
  ): Promise<AccessToken> {
    if (this._problem instanceof CdfAuthError) {
      throw this._problem;
    }
    const store = this._store;
    try {
      return await store.get(scopes, minTtl);
    } catch (error) {
      if (error instanceof CdfAuthError && error.code === 'consent_required') {
        // It's lacking for one extra scope, and doesn't end the session.
        throw this._withConsentPage(error);
      }
      const ends = error instanceof CdfAuthError && error.needsSignIn;
      if (ends && store === this._store) {
        this._problem = error;
        this._onChanged();
      }
      throw error;
    }
  }

  /** Entra's page for administrators; see "Grant tenant-wide admin consent" of its documentation. */
  private _withConsentPage({
    code,
    message,
    cause
  }: CdfAuthError): CdfAuthError {
    const { authority, clientId } = this.connection;
    return new CdfAuthError(
      code,
      message,
      `Ask an administrator to grant it: ${authority}/adminconsent?client_id=${encodeURIComponent(clientId)}`,
      { cause }
    );
  }

  private _freshStore(): CredentialStore {
    const source: ITokenSource = {
      acquire: async (scopes, renew) => {
        const client = await this._client();
        return client.acquire(this._account, scopes, renew);
      }
    };
    return new CredentialStore(source, this._clock);
  }

  private _problem: IProblem | null = null;
  private _store: CredentialStore;
}
