import * as msal from '@azure/msal-browser';
import type { IKnownAccount, IOAuthClient } from '../../src/identity/client';
import { createMsalClient } from '../../src/identity/msal';
import { Network } from '../../src/identity/network';
import { systemClock } from '../../src/shared/clock';
import { CdfAuthError } from '../../src/shared/errors';
import { settle } from '../fakes/clock';
import {
  GUEST,
  HOME,
  answerOf,
  completeBrowser,
  connectionOf
} from '../fakes/msal';
import { jwt } from '../fakes/jwt';

completeBrowser();

const SCOPES = ['https://westeurope-1.cognitedata.com/.default'];

const account: IKnownAccount = {
  key: `${HOME.oid}.${HOME.tenant}`,
  name: 'Alice',
  username: 'alice@contoso.test',
  environment: 'login.test'
};
const atHome = { ...account, tenantId: HOME.tenant, objectId: HOME.oid };
const asGuest = { ...account, tenantId: GUEST.tenant, objectId: GUEST.oid };

/** The token endpoints: what they answer, and how often each was asked. */
let answers: Record<string, () => Record<string, unknown>>;
let asked: string[] = [];
/** MSAL itself, to look at what it keeps. */
let app: msal.IPublicClientApplication;

const fetch = async (input: RequestInfo | URL): Promise<Response> => {
  const [, tenant = ''] = new URL(input as string).pathname.split('/');
  asked.push(tenant);
  return new Response(JSON.stringify(answers[tenant]!()));
};

function clientOf(tenant: typeof HOME): Promise<IOAuthClient> {
  return createMsalClient({
    connection: connectionOf(tenant),
    redirectUri: 'http://localhost/cdf-auth/redirect',
    lockName: 'lock',
    fetch,
    clock: systemClock
  });
}

/** The `tid` and `oid` of the token that comes. */
async function claims(
  client: IOAuthClient,
  known: IKnownAccount,
  renew = false
): Promise<typeof HOME> {
  const token = await client.acquire(known, SCOPES, renew);
  const [, payload = ''] = token.secret.reveal().split('.');
  const { tid, oid } = JSON.parse(atob(payload)) as Record<string, string>;
  return { tenant: tid!, oid: oid! };
}

async function refusal(answer: Promise<unknown>): Promise<CdfAuthError> {
  const error: unknown = await answer.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CdfAuthError);
  return error as CdfAuthError;
}

/** What sign-ins leave in the tab's storage, at Home and then at Guest. */
async function signInToBoth(): Promise<void> {
  const home = await loaded(configuration(HOME));
  app = await msal.createStandardPublicClientApplication(configuration(GUEST));
  // Without a window this is how MSAL gets to know the account in another tenant.
  const { tenantId, uniqueId } = await app.acquireTokenSilent({
    scopes: SCOPES,
    account: home,
    forceRefresh: true
  });
  expect({ tenant: tenantId, oid: uniqueId }).toEqual(GUEST);
}

function configuration(tenant: typeof HOME): msal.Configuration {
  const { authority, clientId, metadata } = connectionOf(tenant);
  const send = async (url: string) => ({
    headers: {},
    status: 200,
    body: (await (await fetch(url)).json()) as never
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

async function loaded(config: msal.Configuration): Promise<msal.AccountInfo> {
  const { account } = await msal.loadExternalTokens(
    config,
    { scopes: SCOPES },
    answerOf(HOME),
    { expiresOn: Date.now() / 1000 + 3600 }
  );
  return account;
}

/** Put another token into an entry of MSAL's cache. */
function replaceCached(tenant: string, secret: string): void {
  const keys = Object.keys(sessionStorage).filter(
    key => key.includes('accesstoken') && key.includes(`spa|${tenant}`)
  );
  expect(keys).toHaveLength(1);
  for (const key of keys) {
    const entry = JSON.parse(sessionStorage.getItem(key)!) as object;
    sessionStorage.setItem(key, JSON.stringify({ ...entry, secret }));
  }
}

function withoutIdTokens(): void {
  Object.keys(sessionStorage)
    .filter(key => key.includes('idtoken'))
    .forEach(key => sessionStorage.removeItem(key));
}

beforeEach(async () => {
  sessionStorage.clear();
  answers = {
    [HOME.tenant]: () => answerOf(HOME),
    [GUEST.tenant]: () => answerOf(GUEST)
  };
  await signInToBoth();
  asked = [];
});

describe('a person who is a guest in a second tenant', () => {
  it("has each tenant's token out of the cache", async () => {
    expect(await claims(await clientOf(HOME), atHome)).toEqual(HOME);
    expect(await claims(await clientOf(GUEST), asGuest)).toEqual(GUEST);
    expect(asked).toEqual([]);
  });

  it("has each tenant's token by a renewal", async () => {
    const [home, guest] = [await clientOf(HOME), await clientOf(GUEST)];
    for (let round = 0; round < 2; round++) {
      expect(await claims(home, atHome, true)).toEqual(HOME);
      expect(await claims(guest, asGuest, true)).toEqual(GUEST);
    }
    expect(await claims(home, atHome)).toEqual(HOME);
  });

  it('has it also where MSAL has kept no ID token', async () => {
    withoutIdTokens();
    expect(await claims(await clientOf(HOME), atHome)).toEqual(HOME);
    expect(await claims(await clientOf(GUEST), asGuest)).toEqual(GUEST);
    expect(asked).toEqual([]);
  });

  it('is not taken for another account of the tenant', async () => {
    const other = { ...asGuest, objectId: HOME.oid };
    const error = await refusal(
      (await clientOf(GUEST)).acquire(other, SCOPES, true)
    );
    expect(error.code).toBe('sign_in_required');
    expect(asked).toEqual([]);
  });

  it.each([
    ['nothing', account],
    ['the object id', { ...account, objectId: GUEST.oid }]
  ])(
    'goes on as before where an earlier release has noted %s of the tenant',
    async (_, { environment, ...remembered }) => {
      expect(environment).toBeDefined();
      const client = await clientOf(GUEST);
      expect(await claims(client, remembered)).toEqual(GUEST);
      expect(await claims(client, remembered, true)).toEqual(GUEST);
    }
  );
});

describe("a token that isn't the session's", () => {
  it.each([
    ["another tenant's", { tid: HOME.tenant, oid: GUEST.oid }],
    ["another account's", { tid: GUEST.tenant, oid: HOME.oid }]
  ])('out of the cache is renewed: %s', async (_, wrong) => {
    replaceCached(GUEST.tenant, jwt(wrong));
    expect(await claims(await clientOf(GUEST), asGuest)).toEqual(GUEST);
    expect(asked).toEqual([GUEST.tenant]);
  });

  it('is refused when it comes again', async () => {
    const wrong = jwt({ tid: HOME.tenant, oid: HOME.oid });
    replaceCached(GUEST.tenant, wrong);
    answers[GUEST.tenant] = () => answerOf(GUEST, { access_token: wrong });
    const client = await clientOf(GUEST);
    const error = await refusal(client.acquire(asGuest, SCOPES, false));
    expect(error.code).toBe('wrong_account');
    expect(error.needsSignIn).toBe(true);
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain(
      'eyJ'
    );
    expect(asked).toEqual([GUEST.tenant]);
  });

  it.each([
    ['tenant', { ...GUEST, tenant: HOME.tenant }],
    ['account', { ...GUEST, oid: HOME.oid }]
  ])(
    'is refused where only the ID token names another %s',
    async (_, other) => {
      answers[GUEST.tenant] = () =>
        answerOf(other, { access_token: 'an-opaque-token' });
      const client = await clientOf(GUEST);
      const error = await refusal(client.acquire(asGuest, SCOPES, true));
      expect(error.code).toBe('wrong_account');
    }
  );

  it('is refused also where no ID token comes with it', async () => {
    answers[GUEST.tenant] = () => answerOf(HOME, { id_token: undefined });
    const client = await clientOf(GUEST);
    const error = await refusal(client.acquire(asGuest, SCOPES, true));
    expect(error.code).toBe('wrong_account');
  });

  it.each([
    ['an opaque one', { access_token: 'an-opaque-token' }],
    ['one without the claims', { access_token: jwt({ sub: 'somebody' }) }],
    [
      'an opaque one without an ID token',
      { access_token: 'an-opaque-token', id_token: undefined }
    ]
  ])('cannot be told of %s', async (_, fields) => {
    const { access_token: token } = fields;
    answers[GUEST.tenant] = () => answerOf(GUEST, fields);
    const client = await clientOf(GUEST);
    const got = await client.acquire(asGuest, SCOPES, true);
    expect(got.secret.reveal()).toBe(token);
  });
});

describe('the time that a token has left', () => {
  const real = Date.now;
  afterEach(() => {
    Date.now = real;
  });

  it.each([
    ['as it was', 0],
    ['set back by an hour', -3600_000],
    ['set forward by half a minute', 30_000]
  ])(
    'is what the provider told, with a wall clock %s meanwhile',
    async (_, jump) => {
      answers[GUEST.tenant] = () => {
        Date.now = () => real() + jump;
        return answerOf(GUEST);
      };
      const client = await clientOf(GUEST);
      const { expiresIn, lifetime } = await client.acquire(
        asGuest,
        SCOPES,
        true
      );
      expect(lifetime).toBe(3599);
      expect(expiresIn).toBeLessThanOrEqual(3599);
      expect(expiresIn).toBeGreaterThan(3500);
    }
  );

  it('is told of no other token: a sign-in can get one during a renewal', async () => {
    const told = [60, 86400];
    const network = new Network(async () => {
      const expires_in = told.shift();
      const answer = answerOf(GUEST, { access_token: `of-${expires_in}-s` });
      return new Response(JSON.stringify({ ...answer, expires_in }));
    });
    await network.sendPostRequestAsync('https://login.test/token');
    expect(network.expiresInOf('of-60-s')).toBe(60);
    await network.sendPostRequestAsync('https://login.test/token');
    expect(network.expiresInOf('of-60-s')).toBeNull();
    expect(network.expiresInOf('of-86400-s')).toBe(86400);
  });

  it('is never more than is left by the clock, of one out of the cache', async () => {
    const client = await clientOf(GUEST);
    const passed = 3000_000;
    Date.now = () => real() + passed;
    const { expiresIn } = await client.acquire(asGuest, SCOPES, false);
    expect(asked).toEqual([]);
    expect(expiresIn).toBeLessThanOrEqual(600);
    expect(expiresIn).toBeGreaterThan(500);
  });
});

describe('a sign-in that ends in another tenant than that of the connection', () => {
  /** Sign in at Guest by the connection of Home. */
  async function signIn(isHeld: boolean): Promise<CdfAuthError> {
    const account = app
      .getAllAccounts()
      .find(one => one.tenantId === GUEST.tenant);
    const { tenant: tenantId, oid: uniqueId } = GUEST;
    const answer = { account, tenantId, uniqueId } as msal.AuthenticationResult;
    jest
      .spyOn(msal.PublicClientApplication.prototype, 'loginPopup')
      .mockResolvedValueOnce(answer);
    const client = await clientOf(HOME);
    const error = await refusal(
      client.signIn(SCOPES, {
        signal: new AbortController().signal,
        onWindowClosed: () => undefined,
        isHeld: () => isHeld
      })
    );
    await settle();
    return error;
  }

  it('is refused, and its tokens are dropped', async () => {
    expect((await signIn(false)).code).toBe('wrong_tenant');
    expect(app.getAllAccounts()).toEqual([]);
  });

  it('leaves the tokens on which another session lives', async () => {
    expect((await signIn(true)).code).toBe('wrong_tenant');
    asked = [];
    expect(await claims(await clientOf(HOME), atHome)).toEqual(HOME);
    expect(asked).toEqual([]);
  });
});

describe('forgetting', () => {
  it('drops the tokens of the account', async () => {
    const client = await clientOf(HOME);
    await client.forget(atHome);
    const error = await refusal(client.acquire(atHome, SCOPES, false));
    expect(error.code).toBe('sign_in_required');
  });

  it("of an account that is gone leaves everybody else's", async () => {
    const client = await clientOf(HOME);
    await client.forget({ ...atHome, key: 'somebody.else' });
    expect(await claims(client, atHome)).toEqual(HOME);
    expect(asked).toEqual([]);
  });
});
