import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { decodeJwt } from 'jose';
import { startDemo } from '../../demo/index.mjs';
import { Browser, DEVICE_CODE, PAGE, post, token, WEST } from './support.mjs';

describe('tokens for devices', () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo.close());
  afterEach(() => mock.timers.reset());

  const start = origin =>
    post(
      demo.idp.metadata.device_authorization_endpoint,
      {
        client_id: demo.idp.clientIds.native,
        scope: `openid profile offline_access ${WEST}/.default`
      },
      origin
    );
  const poll = (code, grant_type = DEVICE_CODE) =>
    token(
      demo,
      { grant_type, client_id: demo.idp.clientIds.native, device_code: code },
      { origin: null }
    );
  const enter = async ({ body }) => {
    const browser = await new Browser().open(body.verification_uri);
    assert.equal(browser.heading, 'Enter code');
    await browser.submit({ user_code: body.user_code.toLowerCase() });
    return browser;
  };

  it('come once the code is entered and the sign-in approved', async () => {
    const device = await start(null);
    assert.deepEqual(Object.keys(device.body).sort(), [
      'device_code',
      'expires_in',
      'interval',
      'message',
      'user_code',
      'verification_uri'
    ]);
    assert.equal(device.body.verification_uri, `${demo.idp.url}/devicelogin`);
    const early = await poll(device.body.device_code);
    assert.equal(early.body.error, 'authorization_pending');
    assert.deepEqual(early.body.error_codes, [70016]);

    const browser = await enter(device);
    assert.equal(browser.heading, 'Pick an account');
    await browser.click('bob@contoso.test');
    assert.equal(browser.heading, 'Are you trying to sign in?');
    await browser.click('Approve');
    assert.equal(browser.heading, 'You have signed in');

    const { status, body } = await poll(device.body.device_code);
    assert.equal(status, 200);
    assert.equal(
      decodeJwt(body.access_token).preferred_username,
      'bob@contoso.test'
    );
    const renewed = await token(
      demo,
      {
        grant_type: 'refresh_token',
        client_id: demo.idp.clientIds.native,
        refresh_token: body.refresh_token
      },
      { origin: null }
    );
    assert.equal(decodeJwt(renewed.body.access_token).aud, WEST);
  });

  it('ask for the account even where somebody is signed in', async () => {
    const browser = await enter(await start(null));
    await (await browser.click('bob@contoso.test')).click('Approve');
    const second = await start(null);
    await browser.open(second.body.verification_uri);
    await browser.submit({ user_code: second.body.user_code });
    assert.equal(browser.heading, 'Pick an account');
    await (await browser.click('alice@contoso.test')).click('Approve');
    const { body } = await poll(second.body.device_code, 'device_code');
    assert.equal(
      decodeJwt(body.access_token).preferred_username,
      'alice@contoso.test'
    );
  });

  it('come after the page was left and the code entered again', async () => {
    const device = await start(null);
    await enter(device);
    const browser = await enter(device);
    await (await browser.click('alice@contoso.test')).click('Approve');
    assert.equal(browser.heading, 'You have signed in');
    await browser.open(device.body.verification_uri);
    await browser.submit({ user_code: device.body.user_code });
    assert.match(browser.html, /That code did not work/);
  });

  it('do not come when somebody declines', async () => {
    const device = await start(null);
    const browser = await enter(device);
    await (await browser.click('alice@contoso.test')).click('Decline');
    assert.equal(browser.heading, 'Declined');
    const { status, body } = await poll(device.body.device_code);
    assert.equal(status, 400);
    assert.equal(body.error, 'authorization_declined');
  });

  it('need a code that exists and is not too old', async () => {
    const device = await start(null);
    const browser = await enter({
      body: { ...device.body, user_code: 'WRONGCODE' }
    });
    assert.equal(browser.heading, 'Enter code');
    assert.match(browser.html, /That code did not work/);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 901e3 });
    const { body } = await poll(device.body.device_code);
    assert.equal(body.error, 'expired_token');
    assert.deepEqual(body.error_codes, [70020]);
  });

  it('are out of reach for pages: no CORS, no preflight', async () => {
    const { headers } = await start(PAGE);
    const preflight = await fetch(
      demo.idp.metadata.device_authorization_endpoint,
      {
        method: 'OPTIONS',
        headers: { origin: PAGE, 'access-control-request-method': 'POST' }
      }
    );
    assert.equal(preflight.status, 405);
    for (const seen of [headers, preflight.headers]) {
      const cors = [...seen.keys()].filter(name =>
        name.startsWith('access-control')
      );
      assert.deepEqual(cors, []);
    }
  });

  it('are not for the SPA: AADSTS7000218', async () => {
    const { body } = await post(
      demo.idp.metadata.device_authorization_endpoint,
      { client_id: demo.idp.clientIds.spa, scope: `${WEST}/.default` },
      null
    );
    assert.deepEqual(body.error_codes, [7000218]);
  });
});
