import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { startDemo } from '../../demo/index.mjs';
import {
  authorizeUrl,
  Browser,
  EAST,
  getOverTls,
  PAGE,
  redeem,
  refresh,
  SCOPE,
  signIn,
  token,
  WEST
} from './support.mjs';

describe('signing in with a browser', () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo.close());

  it('gives alice, who is picked on the page, tokens like those of Entra', async () => {
    const { url, verifier } = authorizeUrl(demo, { prompt: 'select_account' });
    const browser = await new Browser().open(url);
    assert.equal(browser.heading, 'Pick an account');
    await browser.click('alice@contoso.test');
    assert.equal(
      browser.url.href.split('#')[0],
      `${PAGE}/lab/cdf-auth/redirect`
    );
    assert.deepEqual(Object.keys(browser.answer).sort(), ['code', 'state']);
    assert.equal(browser.answer.state, 'the-state');

    const answer = await redeem(demo, browser.answer.code, verifier);
    assert.equal(answer.token_type, 'Bearer');
    assert.equal(answer.expires_in, 3600);
    assert.equal(answer.scope, `${WEST}/.default ${WEST}/user_impersonation`);
    const keys = createRemoteJWKSet(new URL(demo.idp.metadata.jwks_uri));
    const { payload, protectedHeader } = await jwtVerify(
      answer.access_token,
      keys,
      {
        issuer: demo.idp.issuer,
        audience: WEST
      }
    );
    assert.equal(protectedHeader.typ, 'JWT');
    assert.equal(payload.preferred_username, 'alice@contoso.test');
    assert.equal(payload.name, 'Alice Example');
    assert.equal(payload.tid, demo.idp.tenant);
    assert.equal(payload.azp, demo.idp.clientIds.spa);
    assert.equal(payload.scp, 'user_impersonation');
    assert.equal(payload.ver, '2.0');
    assert.equal(payload.nbf, payload.iat);

    const { payload: id } = await jwtVerify(answer.id_token, keys, {
      issuer: demo.idp.issuer,
      audience: demo.idp.clientIds.spa
    });
    assert.equal(id.nonce, 'the-nonce');
    assert.equal(id.sub, payload.sub);
    const info = JSON.parse(Buffer.from(answer.client_info, 'base64url'));
    assert.deepEqual(info, { uid: payload.oid, utid: demo.idp.tenant });
  });

  it('ends a cancelled sign-in as access_denied with AADSTS65004', async () => {
    const browser = await new Browser().open(authorizeUrl(demo).url);
    const { answer } = await browser.click('Cancel');
    assert.equal(answer.error, 'access_denied');
    assert.match(
      answer.error_description,
      /^AADSTS65004: .* Trace ID: .* Correlation ID: /
    );
    assert.equal(answer.state, 'the-state');
  });

  it('remembers the account, asks again with select_account, and can change it', async () => {
    const browser = await new Browser().open(authorizeUrl(demo).url);
    await browser.click('alice@contoso.test');
    await browser.open(authorizeUrl(demo, { prompt: 'none' }).url);
    assert.ok(browser.answer.code, 'a silent request succeeds');

    const { url, verifier } = authorizeUrl(demo, { prompt: 'select_account' });
    await (await browser.open(url)).click('bob@contoso.test');
    const { access_token: jwt } = await redeem(
      demo,
      browser.answer.code,
      verifier
    );
    assert.equal(decodeJwt(jwt).preferred_username, 'bob@contoso.test');
  });

  it('refuses a silent request for nobody or for somebody else', async () => {
    const silent = authorizeUrl(demo, { prompt: 'none' }).url;
    const browser = await new Browser().open(silent);
    assert.equal(browser.answer.error, 'login_required');
    assert.match(browser.answer.error_description, /^AADSTS50058/);

    await (
      await browser.open(authorizeUrl(demo).url)
    ).click('alice@contoso.test');
    await browser.open(`${silent}&login_hint=bob@contoso.test`);
    assert.equal(browser.answer.error, 'login_required');
  });

  it('accepts any port and base path of a loopback redirect, nothing else', async () => {
    for (const good of [
      'http://localhost/cdf-auth/redirect',
      'http://127.0.0.1:1234/user/alice/cdf-auth/redirect'
    ]) {
      const browser = new Browser();
      await browser.open(authorizeUrl(demo, { redirect_uri: good }).url);
      assert.equal(browser.heading, 'Pick an account', good);
    }
    for (const bad of [
      'http://localhost:8888/lab',
      'http://localhost.evil.test/cdf-auth/redirect',
      'http://localhost@evil.test/cdf-auth/redirect',
      'https://hub.contoso.test/cdf-auth/redirect',
      'http://localhost/cdf-auth/redirect?next=x'
    ]) {
      const browser = new Browser();
      await browser.open(authorizeUrl(demo, { redirect_uri: bad }).url);
      assert.equal(browser.status, 400, bad);
      assert.match(browser.html, /AADSTS50011/, bad);
    }
  });

  it('wants PKCE from a SPA and checks the verifier', async () => {
    const without = { code_challenge: '', code_challenge_method: '' };
    const browser = await new Browser().open(authorizeUrl(demo, without).url);
    assert.match(browser.answer.error_description, /^AADSTS9002325/);

    await (
      await browser.open(authorizeUrl(demo).url)
    ).click('alice@contoso.test');
    const body = await redeem(demo, browser.answer.code, 'x'.repeat(43));
    assert.equal(body.error, 'invalid_grant');
    assert.deepEqual(body.error_codes, [501481]);
  });

  it('asks for consent to another API: AADSTS65001, then a page', async () => {
    const scope = 'https://storage.azure.com/.default';
    const { refresh_token: refreshToken } = await signIn(demo);
    const refused = await refresh(demo, refreshToken, { scope });
    assert.equal(refused.body.error, 'invalid_grant');
    assert.equal(refused.body.suberror, 'consent_required');
    assert.deepEqual(refused.body.error_codes, [65001]);
    assert.equal(
      refused.body.error_uri,
      'https://login.microsoftonline.com/error?code=65001'
    );

    const { url } = authorizeUrl(demo, { scope: `openid ${scope}` });
    const browser = await new Browser().open(url);
    await browser.click('alice@contoso.test');
    assert.equal(browser.heading, 'Permissions requested');
    await browser.click('Accept');
    assert.ok(browser.answer.code);

    const { body } = await refresh(demo, refreshToken, { scope });
    assert.equal(decodeJwt(body.access_token).aud, 'https://storage.azure.com');
  });

  it('gives no refresh token without offline_access', async () => {
    const scope = `openid profile ${WEST}/.default`;
    const answer = await signIn(demo, 'alice@contoso.test', { scope });
    assert.ok(answer.access_token);
    assert.equal(answer.refresh_token, undefined);
  });

  it('knows its APIs and takes one at a time', async () => {
    const { refresh_token: refreshToken } = await signIn(demo);
    for (const [scope, code] of [
      ['https://nobody.cognitedata.com/.default', 500011],
      [`${WEST}/.default ${EAST}/.default`, 28000]
    ]) {
      const { body } = await refresh(demo, refreshToken, { scope });
      assert.deepEqual(body.error_codes, [code]);
      const browser = new Browser();
      await browser.open(authorizeUrl(demo, { scope: `openid ${scope}` }).url);
      assert.match(
        browser.answer.error_description,
        new RegExp(`^AADSTS${code}:`)
      );
    }
  });

  it('signs out and goes back, without being told the application', async () => {
    const browser = await new Browser().open(authorizeUrl(demo).url);
    await browser.click('alice@contoso.test');
    const back = new URLSearchParams({
      post_logout_redirect_uri: `${PAGE}/cdf-auth/redirect`,
      state: 'bye'
    });
    await browser.open(`${demo.idp.metadata.end_session_endpoint}?${back}`);
    assert.equal(browser.url.href, `${PAGE}/cdf-auth/redirect?state=bye`);
    await browser.open(authorizeUrl(demo, { prompt: 'none' }).url);
    assert.equal(browser.answer.error, 'login_required');
  });

  it('describes https endpoints to servers and http ones to browsers', async () => {
    const path = '/v2.0/.well-known/openid-configuration';
    const { body } = await getOverTls(demo, demo.idp.authority + path);
    assert.equal(body.issuer, demo.idp.issuer);
    assert.equal(
      body.token_endpoint,
      `${demo.idp.authority}/oauth2/v2.0/token`
    );
    assert.equal(demo.idp.metadata.issuer, demo.idp.issuer);
    for (const [name, value] of Object.entries(demo.idp.metadata)) {
      if (/_endpoint$|_uri$/.test(name)) {
        assert.ok(value.startsWith(demo.idp.url), name);
      }
    }
    const keys = await getOverTls(demo, body.jwks_uri);
    assert.deepEqual(Object.keys(keys.body.keys[0]).includes('d'), false);
  });

  it('knows no other tenant and no other application', async () => {
    const response = await fetch(`${demo.idp.url}/common/oauth2/v2.0/token`);
    assert.deepEqual((await response.json()).error_codes, [90002]);
    const { body } = await token(demo, {
      grant_type: 'authorization_code',
      client_id: 'nobody',
      scope: SCOPE
    });
    assert.deepEqual(body.error_codes, [700016]);
    const { url } = authorizeUrl(demo, { client_id: 'nobody' });
    assert.match((await new Browser().open(url)).html, /AADSTS700016/);
  });
});
