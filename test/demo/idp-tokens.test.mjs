import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { decodeJwt } from 'jose';
import { startDemo } from '../../demo/index.mjs';
import {
  authorizeUrl,
  Browser,
  control,
  EAST,
  lifetime,
  PAGE,
  redeem,
  refresh,
  signIn,
  stats,
  token,
  WEST
} from './support.mjs';

const REFRESH_LIFETIME = 600;

describe('tokens', () => {
  let demo;
  before(async () => {
    demo = await startDemo({
      tokenLifetime: 20,
      refreshLifetime: REFRESH_LIFETIME
    });
  });
  after(() => demo.close());
  afterEach(() => mock.timers.reset());

  /** The provider's clock is `Date`: set so many seconds after the real one. */
  function later(seconds) {
    mock.timers.reset();
    mock.timers.enable({ apis: ['Date'], now: Date.now() + seconds * 1000 });
  }

  it('live as long as they are told to', async () => {
    const answer = await signIn(demo);
    assert.equal(answer.expires_in, 20);
    assert.equal(answer.ext_expires_in, 20);
    assert.equal(lifetime(answer.access_token), 20);
  });

  it('live shorter from now on if a test asks for that', async () => {
    const set = seconds => control(demo.idp.url, 'lifetime', { seconds });
    assert.equal((await set(7)).status, 200);
    const first = await signIn(demo);
    assert.equal(lifetime(first.access_token), 7);
    await set(null);
    const second = await refresh(demo, first.refresh_token);
    assert.equal(lifetime(second.body.access_token), 20);
    for (const odd of [0, -1, 1.5, 'long', undefined]) {
      assert.equal((await set(odd)).status, 400);
    }
  });

  it('are rotated; a second use of a refresh token ends the family', async () => {
    const first = await signIn(demo);
    const second = await refresh(demo, first.refresh_token);
    assert.equal(second.status, 200);
    assert.notEqual(second.body.refresh_token, first.refresh_token);
    assert.notEqual(second.body.access_token, first.access_token);
    assert.ok(second.body.id_token);

    const again = await refresh(demo, first.refresh_token);
    assert.equal(again.status, 400);
    assert.equal(again.body.error, 'invalid_grant');
    const successor = await refresh(demo, second.body.refresh_token);
    assert.equal(successor.body.error, 'invalid_grant');
  });

  it('of a SPA keep the first expiry, then end with AADSTS700084', async () => {
    const { refresh_token: first } = await signIn(demo);
    later(REFRESH_LIFETIME - 10);
    const second = await refresh(demo, first);
    assert.equal(second.status, 200);
    later(REFRESH_LIFETIME + 5);
    const { status, body } = await refresh(demo, second.body.refresh_token);
    assert.equal(status, 400);
    assert.equal(body.error, 'invalid_grant');
    assert.deepEqual(body.error_codes, [700084]);
    assert.match(body.error_description, /lifetime of 0\.00:10:00/);
  });

  it('serve other clusters of the same consent', async () => {
    const { refresh_token: first } = await signIn(demo);
    const east = await refresh(demo, first, {
      scope: `openid profile offline_access ${EAST}/.default`
    });
    assert.equal(decodeJwt(east.body.access_token).aud, EAST);
    assert.equal(
      east.body.scope,
      `${EAST}/.default ${EAST}/user_impersonation`
    );
    const west = await refresh(demo, east.body.refresh_token);
    assert.equal(decodeJwt(west.body.access_token).aud, WEST);
  });

  it('serve another API that an administrator has consented to', async () => {
    const { refresh_token: first } = await signIn(demo);
    const { body } = await refresh(demo, first, {
      scope: 'https://vault.azure.net/.default'
    });
    assert.equal(decodeJwt(body.access_token).aud, 'https://vault.azure.net');
  });

  it('are refused once they are revoked, with AADSTS50173', async () => {
    const [alice, bob] = [
      await signIn(demo),
      await signIn(demo, 'bob@contoso.test')
    ];
    const revoked = await control(demo.idp.url, 'revoke', {
      user: 'alice@contoso.test'
    });
    assert.equal(revoked.status, 200);
    const { body } = await refresh(demo, alice.refresh_token);
    assert.equal(body.error, 'invalid_grant');
    assert.deepEqual(body.error_codes, [50173]);
    assert.equal((await refresh(demo, bob.refresh_token)).status, 200);
    const nobody = await control(demo.idp.url, 'revoke', { user: 'carol' });
    assert.equal(nobody.status, 400);
  });

  it('go to a SPA across origins only: AADSTS9002327', async () => {
    const { refresh_token: refreshToken } = await signIn(demo);
    const { body } = await refresh(demo, refreshToken, { origin: null });
    assert.equal(body.error, 'invalid_request');
    assert.deepEqual(body.error_codes, [9002327]);
    const { headers } = await refresh(demo, refreshToken);
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.equal(headers.get('access-control-expose-headers'), null);
  });

  it('go to nobody else across origins: AADSTS9002326, without CORS', async () => {
    const { native, confidential } = demo.idp.clientIds;
    for (const client_id of [native, confidential]) {
      const form = {
        grant_type: 'refresh_token',
        client_id,
        refresh_token: 'x'
      };
      const { status, headers, body } = await token(demo, form);
      assert.equal(status, 400);
      assert.deepEqual(body.error_codes, [9002326]);
      assert.match(body.error_description, new RegExp(PAGE));
      assert.equal(headers.get('access-control-allow-origin'), null);
    }
  });

  it('come with errors in the shape of Entra', async () => {
    const correlation = '6f1c7a92-3e4b-4c8d-a6f0-7b2d9e1c4a35';
    const { body } = await token(demo, {
      grant_type: 'refresh_token',
      client_id: demo.idp.clientIds.spa,
      refresh_token: 'made-up',
      'client-request-id': correlation
    });
    const {
      error,
      error_description: description,
      timestamp,
      trace_id: trace
    } = body;
    assert.equal(error, 'invalid_grant');
    assert.deepEqual(body.error_codes, [70000]);
    assert.match(timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
    assert.equal(body.correlation_id, correlation);
    assert.ok(description.startsWith('AADSTS70000: '));
    assert.ok(
      description.includes(`Trace ID: ${trace} Correlation ID: ${correlation}`)
    );
  });

  it('cannot be had twice for one code, nor for an old one', async () => {
    const { url, verifier } = authorizeUrl(demo);
    const browser = await new Browser().open(url);
    await browser.click('alice@contoso.test');
    const { code } = browser.answer;
    assert.ok((await redeem(demo, code, verifier)).access_token);
    assert.deepEqual((await redeem(demo, code, verifier)).error_codes, [54005]);

    const late = authorizeUrl(demo);
    await browser.open(late.url);
    later(601);
    const body = await redeem(demo, browser.answer.code, late.verifier);
    assert.deepEqual(body.error_codes, [70008]);
  });

  it('are counted by endpoint and grant type', async () => {
    const before = await stats(demo.idp.url);
    const { refresh_token: refreshToken } = await signIn(demo);
    await refresh(demo, refreshToken);
    await refresh(demo, 'made-up');
    const { endpoints, grants } = await stats(demo.idp.url);
    const more = (now, then = { requests: 0, refused: 0 }) => ({
      requests: now.requests - then.requests,
      refused: now.refused - then.refused
    });
    assert.deepEqual(more(endpoints.token, before.endpoints.token), {
      requests: 3,
      refused: 1
    });
    assert.deepEqual(more(grants.refresh_token, before.grants.refresh_token), {
      requests: 2,
      refused: 1
    });
    assert.deepEqual(
      more(grants.authorization_code, before.grants.authorization_code),
      {
        requests: 1,
        refused: 0
      }
    );
  });
});
