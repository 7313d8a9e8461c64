import type { IKnownAccount } from '../../src/identity/client';
import { settle } from '../fakes/clock';
import { ALICE, FakeServer, createSessions } from '../fakes/identity';
import { connection } from '../fakes/sessions';

// One authority that serves several tenants, so that only the tenant tells the connections apart.
const authority = 'https://login.microsoftonline.com/organizations';
const home = connection({ label: 'Home', tenant: 'contoso.com', authority });
const guest = connection({ label: 'Guest', tenant: 'fabrikam.com', authority });

const atHome = { ...ALICE, tenantId: 'home', objectId: 'alice-at-home' };
const asGuest = { ...ALICE, tenantId: 'guest', objectId: 'alice-as-guest' };

async function configured(storage = new Map<string, string>()) {
  const setup = createSessions(storage, new FakeServer(), [home, guest]);
  await setup.configured;
  return setup;
}

describe('a person who is a guest in a second tenant', () => {
  it('has a session for each, also at an authority that serves both', async () => {
    const { sessions, signInAs } = await configured();
    await signInAs(atHome);
    sessions.selectConnection('Guest');
    expect(sessions.session).toBeNull();
    await signInAs(asGuest);
    expect(sessions.session!.account).toEqual(asGuest);
    sessions.selectConnection('Home');
    expect(sessions.session!.account).toEqual(atHome);
    expect(sessions.others).toEqual([]);
  });

  it('does not renew the session of the other tenant', async () => {
    const { sessions, signInAs } = await configured();
    await signInAs(atHome);
    await signInAs(asGuest);
    expect(sessions.session!.account).toEqual(asGuest);
    expect(sessions.find('s1')!.account).toEqual(atHome);
  });

  it('keeps the tokens of one tenant when a late answer comes from the other', async () => {
    const { sessions, client, signInAs } = await configured();
    await signInAs(atHome);
    sessions.selectConnection('Guest');
    void sessions.signIn('interactive');
    await settle();
    const { isHeld } = client.windows.at(-1)!.interaction;
    expect(isHeld(asGuest.key)).toBe(true);
    expect(isHeld('somebody')).toBe(false);
  });

  it('has the tenant remembered over a reload', async () => {
    const storage = new Map<string, string>();
    await (await configured(storage)).signInAs(asGuest);
    const { sessions } = await configured(storage);
    expect(sessions.session!.account).toEqual(asGuest);
  });
});

it.each<[string, IKnownAccount]>([
  ['nothing', ALICE],
  ['the object id', { ...ALICE, objectId: asGuest.objectId }]
])(
  'a session of which an earlier release has noted %s is renewed by the same person, and knows the tenant then',
  async (_, remembered) => {
    const storage = new Map<string, string>();
    await (await configured(storage)).signInAs(remembered);
    const { sessions, signInAs } = await configured(storage);
    await signInAs(asGuest);
    expect(sessions.session).toMatchObject({ id: 's1', account: asGuest });
  }
);
