/**
 * The only file that imports msal-browser. Its code is a chunk of its own, fetched by the first sign-in.
 */
import type {
  AccountInfo,
  AuthenticationResult,
  IPublicClientApplication
} from '@azure/msal-browser';
import { AccessToken, lifetimeOf } from '../credentials/token';
import type { IClock } from '../shared/clock';
import { Stopwatch } from '../shared/clock';
import { CdfAuthError, cancelled } from '../shared/errors';
import type { Fetch } from '../shared/http';
import { Secret } from '../shared/secret';
import type { IConnection } from '../tokens';
import type { IInteraction, IKnownAccount, IOAuthClient } from './client';
import { explain } from './errors';
import { belongsTo, choose, known } from './msal-account';
import { Network } from './network';
import { PopupWatch } from './popup-watch';
import { isOtherTenant, wrongAccount, wrongTenant } from './token-owner';

/** Milliseconds that a person has in the sign-in window, multi-factor authentication included. */
const POPUP_TIMEOUT = 300_000;

/** Seconds for which Entra's access tokens are good at least, unless a policy says otherwise. */
const USUAL_LIFETIME = 3600;

/** Seconds. MSAL rounds issue and expiry to whole seconds: a cached token can expire up to 2 s earlier than it says. */
const CACHED_TIME_ERROR = 2;

/** What the client needs of its surroundings. */
export interface IMsalOptions {
  connection: IConnection;
  redirectUri: string;
  /** Name of the Web Lock around refresh-token use: two tabs must not spend one refresh token twice. */
  lockName: string;
  fetch: Fetch;
  clock: IClock;
}

/** Load msal-browser and create its client for one application registration. */
export async function createMsalClient(
  options: IMsalOptions
): Promise<IOAuthClient> {
  let msal: typeof import('@azure/msal-browser');
  try {
    msal = await import('@azure/msal-browser');
  } catch (error) {
    throw new CdfAuthError(
      'part_missing',
      "A part of the extension couldn't be loaded from the Jupyter server.",
      'Check that the server is running, then try again.',
      { cause: error, transient: true }
    );
  }
  const { connection } = options;
  const network = new Network(options.fetch);
  try {
    const app = await msal.createStandardPublicClientApplication({
      auth: {
        clientId: connection.clientId,
        authority: connection.authority,
        // The host alone is trusted as it stands, without asking Microsoft's instance discovery.
        knownAuthorities: [new URL(connection.authority).host],
        authorityMetadata: connection.metadata
          ? JSON.stringify(connection.metadata)
          : undefined,
        redirectUri: options.redirectUri
      },
      cache: { cacheLocation: msal.BrowserCacheLocation.SessionStorage },
      system: {
        networkClient: network,
        popupBridgeTimeout: POPUP_TIMEOUT,
        // When to renew is the credential store's decision.
        tokenRenewalOffsetSeconds: 1,
        loggerOptions: {
          loggerCallback: () => undefined,
          logLevel: msal.LogLevel.Error,
          piiLoggingEnabled: false
        }
      }
    });
    return new MsalClient(msal, app, network, options);
  } catch (error) {
    throw explain(error, network.fault, 'sign-in');
  }
}

class MsalClient implements IOAuthClient {
  constructor(
    private readonly _msal: typeof import('@azure/msal-browser'),
    private readonly _app: IPublicClientApplication,
    private readonly _network: Network,
    private readonly _options: IMsalOptions
  ) {}

  async signIn(
    scopes: readonly string[],
    { signal, onWindowClosed, isHeld }: IInteraction
  ): Promise<IKnownAccount> {
    this._network.fault = null;
    const popup = new PopupWatch(this._options.clock, onWindowClosed);
    const callback = this._app.addEventCallback(event => {
      if (event.eventType === this._msal.EventType.POPUP_OPENED) {
        const payload = event.payload as { popupWindow: Window };
        popup.follow(payload.popupWindow);
      }
    });
    const answer = this._app.loginPopup({
      scopes: [...scopes],
      prompt: 'select_account',
      // A window that was left open by an earlier attempt must not stand in the way of this one.
      overrideInteractionInProgress: true
    });
    try {
      const result = await Promise.race([
        answer,
        this._unreachable(),
        aborted(signal)
      ]);
      const account = known(result.account);
      if (isOtherTenant(this._options.connection, result.tenantId)) {
        throw wrongTenant(account.username);
      }
      return account;
    } catch (error) {
      // The window may still be answered: what comes then was not asked for any more.
      void answer.then(
        late => {
          const account = known(late.account);
          return isHeld(account.key) ? undefined : this.forget(account);
        },
        () => undefined
      );
      throw signal.aborted
        ? cancelled()
        : explain(error, this._network.fault, 'sign-in');
    } finally {
      popup.close();
      void answer
        .catch(() => undefined)
        .finally(() => {
          if (callback) {
            this._app.removeEventCallback(callback);
          }
        });
    }
  }

  async acquire(
    account: IKnownAccount,
    scopes: readonly string[],
    renew: boolean
  ): Promise<AccessToken> {
    return this._locked(async () => {
      const found = this._find(account);
      if (!found) {
        throw new CdfAuthError(
          'sign_in_required',
          'This browser no longer holds the sign-in.',
          'Sign in again: waiting cells then go on.',
          { needsSignIn: true }
        );
      }
      const sinceRequest = new Stopwatch(this._options.clock);
      let result = await this._silent(found, scopes, renew);
      if (result.fromCache && !belongsTo(found, result)) {
        result = await this._silent(found, scopes, true);
      }
      if (!belongsTo(found, result)) {
        throw wrongAccount();
      }
      return this._read(result, scopes, sinceRequest);
    });
  }

  async forget({ key, environment }: IKnownAccount): Promise<void> {
    // MSAL drops the account's tokens for all tenants, and without an account it would drop everybody's.
    const account = this._app
      .getAllAccounts({ homeAccountId: key })
      .find(one => [undefined, one.environment].includes(environment));
    if (account) {
      await this._app.clearCache({ account });
    }
  }

  private async _silent(
    account: AccountInfo,
    scopes: readonly string[],
    renew: boolean
  ): Promise<AuthenticationResult> {
    this._network.fault = null;
    try {
      return await this._app.acquireTokenSilent({
        account,
        scopes: [...scopes],
        forceRefresh: renew,
        // No hidden iframe: third-party cookies and frame-ancestors make it fail in slow and odd ways.
        cacheLookupPolicy:
          this._msal.CacheLookupPolicy.AccessTokenAndRefreshToken
      });
    } catch (error) {
      throw explain(error, this._network.fault, 'renewal');
    }
  }

  /** How long the token is good for: MSAL goes by the wall clock, which can be set while the answer is awaited. */
  private _read(
    { accessToken, expiresOn, fromCache }: AuthenticationResult,
    scopes: readonly string[],
    sinceRequest: Stopwatch
  ): AccessToken {
    const { clock } = this._options;
    const told = fromCache ? null : this._network.expiresInOf(accessToken);
    // How long a cached token was good for at first isn't kept: with a usual lifetime it is renewed early enough.
    const left =
      told === null
        ? ((expiresOn?.getTime() ?? 0) - clock.now()) / 1000 - CACHED_TIME_ERROR
        : lifetimeOf(told) - sinceRequest.elapsed / 1000;
    const lifetime =
      told === null ? Math.max(left, USUAL_LIFETIME) : lifetimeOf(told);
    return new AccessToken(
      new Secret(accessToken),
      scopes,
      left,
      lifetime,
      clock
    );
  }

  /** The account in its tenant: MSAL looks for access tokens by both. */
  private _find(account: IKnownAccount): AccountInfo | undefined {
    const found = this._app.getAllAccounts({
      homeAccountId: account.key,
      tenantId: account.tenantId,
      localAccountId: account.objectId
    });
    return choose(found, account, this._options.connection);
  }

  /** Reject when the sign-in page's host doesn't answer at all: the window would show only a browser error. */
  private async _unreachable(): Promise<never> {
    const { metadata, authority } = this._options.connection;
    const page = (metadata?.['authorization_endpoint'] ?? authority) as string;
    try {
      await this._options.fetch(page, { mode: 'no-cors', method: 'HEAD' });
    } catch (error) {
      throw new CdfAuthError(
        'unreachable',
        `The sign-in service ${new URL(page).host} can't be reached.`,
        'Check the network, a proxy or VPN, and "authority" in the settings.',
        { cause: error }
      );
    }
    return new Promise<never>(() => undefined);
  }

  private async _locked<T>(work: () => Promise<T>): Promise<T> {
    // Web Locks exist in secure contexts only, and so does a sign-in.
    return navigator.locks.request(this._options.lockName, work) as Promise<T>;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(cancelled()), { once: true });
  });
}
