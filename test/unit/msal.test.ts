import * as msal from '@azure/msal-browser';
import type { IKnownAccount, IOAuthClient } from '../../src/identity/client';
import { CdfAuthError } from '../../src/shared/errors';
import { settle } from '../fakes/clock';
import { jwt } from '../fakes/jwt';
import { GUEST, HOME, answerOf, completeBrowser } from '../fakes/msal';
import { MsalTab, SCOPES, account, asGuest, atHome } from '../fakes/msal-tab';

completeBrowser();

let tab: MsalTab;
beforeEach(async () => {
  tab = await MsalTab.signedIn();
});

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

describe('a person who is a guest in a second tenant', () => {
  it("has each tenant's token out of the cache", async () => {
    expect(await claims(await tab.clientOf(HOME), atHome)).toEqual(HOME);
    expect(await claims(await tab.clientOf(GUEST), asGuest)).toEqual(GUEST);
    expect(tab.asked).toEqual([]);
  });

  it("has each tenant's token by a renewal", async () => {
    const [home, guest] = [await tab.clientOf(HOME), await tab.clientOf(GUEST)];
    for (let round = 0; round < 2; round++) {
      expect(await claims(home, atHome, true)).toEqual(HOME);
      expect(await claims(guest, asGuest, true)).toEqual(GUEST);
    }
    expect(await claims(home, atHome)).toEqual(HOME);
  });

  it('has it also where MSAL has kept no ID token', async () => {
    withoutIdTokens();
    expect(await claims(await tab.clientOf(HOME), atHome)).toEqual(HOME);
    expect(await claims(await tab.clientOf(GUEST), asGuest)).toEqual(GUEST);
    expect(tab.asked).toEqual([]);
  });

  it('is not taken for another account of the tenant', async () => {
    const other = { ...asGuest, objectId: HOME.oid };
    const error = await refusal(
      (await tab.clientOf(GUEST)).acquire(other, SCOPES, true)
    );
    expect(error.code).toBe('sign_in_required');
    expect(tab.asked).toEqual([]);
  });

  it.each([
    ['nothing', account],
    ['the object id', { ...account, objectId: GUEST.oid }]
  ])(
    'goes on as before where an earlier release has noted %s of the tenant',
    async (_, { environment, ...remembered }) => {
      expect(environment).toBeDefined();
      const client = await tab.clientOf(GUEST);
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
    expect(await claims(await tab.clientOf(GUEST), asGuest)).toEqual(GUEST);
    expect(tab.asked).toEqual([GUEST.tenant]);
  });

  it('is refused when it comes again', async () => {
    const wrong = jwt({ tid: HOME.tenant, oid: HOME.oid });
    replaceCached(GUEST.tenant, wrong);
    tab.answers[GUEST.tenant] = () => answerOf(GUEST, { access_token: wrong });
    const client = await tab.clientOf(GUEST);
    const error = await refusal(client.acquire(asGuest, SCOPES, false));
    expect(error.code).toBe('wrong_account');
    expect(error.needsSignIn).toBe(true);
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain(
      'eyJ'
    );
    expect(tab.asked).toEqual([GUEST.tenant]);
  });

  it.each([
    ['tenant', { ...GUEST, tenant: HOME.tenant }],
    ['account', { ...GUEST, oid: HOME.oid }]
  ])(
    'is refused where only the ID token names another %s',
    async (_, other) => {
      tab.answers[GUEST.tenant] = () =>
        answerOf(other, { access_token: 'an-opaque-token' });
      const client = await tab.clientOf(GUEST);
      const error = await refusal(client.acquire(asGuest, SCOPES, true));
      expect(error.code).toBe('wrong_account');
    }
  );

  it('is refused also where no ID token comes with it', async () => {
    tab.answers[GUEST.tenant] = () => answerOf(HOME, { id_token: undefined });
    const client = await tab.clientOf(GUEST);
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
    tab.answers[GUEST.tenant] = () => answerOf(GUEST, fields);
    const client = await tab.clientOf(GUEST);
    const got = await client.acquire(asGuest, SCOPES, true);
    expect(got.secret.reveal()).toBe(token);
  });
});

describe('a sign-in that ends in another tenant than that of the connection', () => {
  /** Sign in at Guest by the connection of Home. */
  async function signIn(isHeld: boolean): Promise<CdfAuthError> {
    const found = tab.app
      .getAllAccounts()
      .find(one => one.tenantId === GUEST.tenant);
    const { tenant: tenantId, oid: uniqueId } = GUEST;
    const answer = {
      account: found,
      tenantId,
      uniqueId
    } as msal.AuthenticationResult;
    jest
      .spyOn(msal.PublicClientApplication.prototype, 'loginPopup')
      .mockResolvedValueOnce(answer);
    const client = await tab.clientOf(HOME);
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
    expect(tab.app.getAllAccounts()).toEqual([]);
  });

  it('leaves the tokens on which another session lives', async () => {
    expect((await signIn(true)).code).toBe('wrong_tenant');
    tab.asked = [];
    expect(await claims(await tab.clientOf(HOME), atHome)).toEqual(HOME);
    expect(tab.asked).toEqual([]);
  });
});

describe('forgetting', () => {
  it('drops the tokens of the account', async () => {
    const client = await tab.clientOf(HOME);
    await client.forget(atHome);
    const error = await refusal(client.acquire(atHome, SCOPES, false));
    expect(error.code).toBe('sign_in_required');
  });

  it("of an account that is gone leaves everybody else's", async () => {
    const client = await tab.clientOf(HOME);
    await client.forget({ ...atHome, key: 'somebody.else' });
    expect(await claims(client, atHome)).toEqual(HOME);
    expect(tab.asked).toEqual([]);
  });
});
