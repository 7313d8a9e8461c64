import { Network } from '../../src/identity/network';
import { GUEST, answerOf, completeBrowser } from '../fakes/msal';
import { MsalTab, SCOPES, asGuest } from '../fakes/msal-tab';

completeBrowser();

let tab: MsalTab;
beforeEach(async () => {
  tab = await MsalTab.signedIn();
});

const real = Date.now;
afterEach(() => {
  jest.restoreAllMocks();
});

function setWallClock(ahead: number): void {
  // MSAL reads this clock itself.
  jest.spyOn(Date, 'now').mockImplementation(() => real() + ahead);
}

describe('the time that a token has left', () => {
  it.each([
    ['as it was', 0],
    ['set back by an hour', -3600_000],
    ['set forward by half a minute', 30_000]
  ])(
    'is what the provider told, with a wall clock %s meanwhile',
    async (_, ahead) => {
      tab.answers[GUEST.tenant] = () => {
        setWallClock(ahead);
        return answerOf(GUEST);
      };
      const client = await tab.clientOf(GUEST);
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
    const client = await tab.clientOf(GUEST);
    setWallClock(3000_000);
    const { expiresIn } = await client.acquire(asGuest, SCOPES, false);
    expect(tab.asked).toEqual([]);
    expect(expiresIn).toBeLessThanOrEqual(600);
    expect(expiresIn).toBeGreaterThan(500);
  });
});
