import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { startDemo } from '../../demo/index.mjs';
import { token, WEST } from './support.mjs';

describe('tokens for applications', () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo.close());

  const request = (form = {}) => ({
    grant_type: 'client_credentials',
    client_id: demo.idp.clientIds.confidential,
    client_secret: demo.idp.clientSecret,
    scope: `${WEST}/.default`,
    ...form
  });
  const ask = form => token(demo, request(form), { origin: null });

  it('name the application and its roles', async () => {
    const { status, body } = await ask();
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), [
      'access_token',
      'expires_in',
      'ext_expires_in',
      'token_type'
    ]);
    const claims = decodeJwt(body.access_token);
    assert.equal(claims.aud, WEST);
    assert.equal(claims.azp, demo.idp.clientIds.confidential);
    assert.equal(claims.appid, demo.idp.clientIds.confidential);
    assert.equal(claims.sub, claims.oid);
    assert.ok(claims.roles.length > 0);
    assert.equal(claims.preferred_username, undefined);
  });

  it('need the right secret: AADSTS7000215 and 7000218', async () => {
    const wrong = await ask({ client_secret: 'wrong' });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.body.error, 'invalid_client');
    assert.deepEqual(wrong.body.error_codes, [7000215]);
    const none = await ask({ client_secret: '' });
    assert.deepEqual(none.body.error_codes, [7000218]);
    const open = await ask({ client_id: demo.idp.clientIds.native });
    assert.deepEqual(open.body.error_codes, [700025]);
  });

  it('may be asked for with HTTP Basic', async () => {
    const { confidential } = demo.idp.clientIds;
    const basic = Buffer.from(
      `${confidential}:${demo.idp.clientSecret}`
    ).toString('base64');
    const response = await fetch(demo.idp.metadata.token_endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: `${WEST}/.default`
      })
    });
    assert.equal(response.status, 200);
  });

  it('need /.default: AADSTS1002012', async () => {
    const { body } = await ask({ scope: `${WEST}/user_impersonation` });
    assert.equal(body.error, 'invalid_scope');
    assert.deepEqual(body.error_codes, [1002012]);
  });
});
