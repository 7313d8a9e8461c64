import * as msal from '@azure/msal-browser';
import type { IKnownAccount, IOAuthClient } from '../../src/identity/client';
import { createMsalClient } from '../../src/identity/msal';
import { systemClock } from '../../src/shared/clock';
import { GUEST, HOME, answerOf, connectionOf } from './msal';

export const SCOPES = ['https://westeurope-1.cognitedata.com/.default'];

export const account: IKnownAccount = {
  key: `${HOME.oid}.${HOME.tenant}`,
  name: 'Alice',
  username: 'alice@contoso.test',
  environment: 'login.test'
};
export const atHome = {
  ...account,
  tenantId: HOME.tenant,
  objectId: HOME.oid
};
export const asGuest = {
  ...account,
  tenantId: GUEST.tenant,
  objectId: GUEST.oid
};

/** A tab in which the same person has signed in to two tenants, and the token endpoints that it asks. */
export class MsalTab {
  /** What each tenant's endpoint answers. */
  readonly answers: Record<string, () => Record<string, unknown>> = {
    [HOME.tenant]: () => answerOf(HOME),
    [GUEST.tenant]: () => answerOf(GUEST)
  };

  /** The tenants whose endpoints were asked, in order. */
  asked: string[] = [];

  /** MSAL itself, to look at what it keeps. */
  app!: msal.IPublicClientApplication;

  /** What sign-ins leave in the tab's storage, at Home and then at Guest. */
  static async signedIn(): Promise<MsalTab> {
    sessionStorage.clear();
    const tab = new MsalTab();
    const { account: home } = await msal.loadExternalTokens(
      tab._configuration(HOME),
      { scopes: SCOPES },
      answerOf(HOME),
      { expiresOn: Date.now() / 1000 + 3600 }
    );
    tab.app = await msal.createStandardPublicClientApplication(
      tab._configuration(GUEST)
    );
    // Without a window this is how MSAL gets to know the account in another tenant.
    const { tenantId, uniqueId } = await tab.app.acquireTokenSilent({
      scopes: SCOPES,
      account: home,
      forceRefresh: true
    });
    expect({ tenant: tenantId, oid: uniqueId }).toEqual(GUEST);
    tab.asked = [];
    return tab;
  }

  /** The client for the connection of one tenant. */
  clientOf(tenant: typeof HOME): Promise<IOAuthClient> {
    return createMsalClient({
      connection: connectionOf(tenant),
      redirectUri: 'http://localhost/cdf-auth/redirect',
      lockName: 'lock',
      fetch: this._fetch,
      clock: systemClock
    });
  }

  private readonly _fetch = async (url: string): Promise<Response> => {
    const [, tenant = ''] = new URL(url).pathname.split('/');
    this.asked.push(tenant);
    return new Response(JSON.stringify(this.answers[tenant]!()));
  };

  private _configuration(tenant: typeof HOME): msal.Configuration {
    const { authority, clientId, metadata } = connectionOf(tenant);
    const send = async (url: string) => ({
      headers: {},
      status: 200,
      body: (await (await this._fetch(url)).json()) as never
    });
    return {
      auth: {
        clientId,
        authority,
        knownAuthorities: ['login.test'],
        authorityMetadata: JSON.stringify(metadata)
      },
      cache: { cacheLocation: 'sessionStorage' },
      system: {
        networkClient: { sendGetRequestAsync: send, sendPostRequestAsync: send }
      }
    };
  }
}
