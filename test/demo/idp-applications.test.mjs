import assert from 'node:assert/strict';
import {
  createHash,
  createPrivateKey,
  randomUUID,
  X509Certificate
} from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, SignJWT } from 'jose';
import { startDemo } from '../../demo/index.mjs';
import { control, token, WEST } from './support.mjs';

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

  describe('whose secret has expired', () => {
    const expire = expired => control(demo.idp.url, 'secret', { expired });
    after(() => expire(false));

    it('are refused: AADSTS7000222', async () => {
      assert.deepEqual((await expire(true)).body, { expired: true });
      const { status, body } = await ask();
      assert.equal(status, 401);
      assert.equal(body.error, 'invalid_client');
      assert.deepEqual(body.error_codes, [7000222]);
      const id = demo.idp.clientIds.confidential;
      const sentence = `AADSTS7000222: The provided client secret keys for app '${id}' are expired.`;
      assert.ok(body.error_description.startsWith(sentence));
      const wrong = await ask({ client_secret: 'wrong' });
      assert.deepEqual(wrong.body.error_codes, [7000215]);
      await expire(false);
      assert.equal((await ask()).status, 200);
    });

    it('is switched by yes or no', async () => {
      assert.equal((await expire('soon')).status, 400);
      assert.equal((await ask()).status, 200);
    });
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

  describe('with a certificate', () => {
    /** What msal signs; `changes` break it. */
    const assertion = async ({ alg = 'PS256', header, ...changes } = {}) => {
      const pem = await readFile(demo.idp.clientCertificateFile, 'utf8');
      const der = new X509Certificate(
        pem.slice(pem.indexOf('-----BEGIN CERT'))
      );
      const hash = name => createHash(name).update(der.raw).digest('base64url');
      const id = demo.idp.clientIds.confidential;
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: id,
        sub: id,
        aud: `${demo.idp.authority}/oauth2/v2.0/token`,
        jti: randomUUID(),
        exp: now + 600,
        ...changes
      };
      const print =
        alg === 'PS256'
          ? { 'x5t#S256': hash('sha256') }
          : { x5t: hash('sha1') };
      return new SignJWT(claims)
        .setProtectedHeader({ alg, ...print, ...header })
        .sign(createPrivateKey(pem));
    };
    const askWith = async (changes, form) =>
      ask({
        client_secret: '',
        client_assertion: await assertion(changes),
        client_assertion_type:
          'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        ...form
      });

    it('are the same, by either thumbprint', async () => {
      for (const alg of ['PS256', 'RS256']) {
        const { status, body } = await askWith({ alg });
        assert.equal(status, 200, JSON.stringify(body));
        const { azp } = decodeJwt(body.access_token);
        assert.equal(azp, demo.idp.clientIds.confidential);
      }
    });

    it('go on when the secret has expired', async () => {
      const { url } = demo.idp;
      await control(url, 'secret', { expired: true });
      const { status, body } = await askWith();
      await control(url, 'secret', { expired: false });
      assert.equal(status, 200, JSON.stringify(body));
    });

    it('need a certificate that is registered: AADSTS700027', async () => {
      for (const changes of [
        { header: { 'x5t#S256': 'another' } },
        { header: { 'x5t#S256': undefined } },
        { iss: 'someone' },
        { aud: 'https://elsewhere.test/token' },
        { jti: undefined }
      ]) {
        const { status, body } = await askWith(changes);
        assert.equal(status, 401);
        assert.deepEqual(body.error_codes, [700027], JSON.stringify(changes));
      }
      const broken = await askWith({}, { client_assertion: 'a.b.c' });
      assert.deepEqual(broken.body.error_codes, [700027]);
      const other = await askWith({}, { client_assertion_type: 'other' });
      assert.deepEqual(other.body.error_codes, [9002313]);
    });

    it('need a recent signature: AADSTS700024', async () => {
      const { body } = await askWith({
        exp: Math.floor(Date.now() / 1000) - 9
      });
      assert.deepEqual(body.error_codes, [700024]);
    });

    it('are not for public clients: AADSTS700025', async () => {
      const { body } = await askWith(
        {},
        { client_id: demo.idp.clientIds.native }
      );
      assert.deepEqual(body.error_codes, [700025]);
    });

    it('keep the key from everybody else, and only while it runs', async () => {
      const own = await startDemo();
      const file = own.idp.clientCertificateFile;
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      await own.close();
      await assert.rejects(stat(file), { code: 'ENOENT' });
    });
  });

  it('need /.default: AADSTS1002012', async () => {
    const { body } = await ask({ scope: `${WEST}/user_impersonation` });
    assert.equal(body.error, 'invalid_scope');
    assert.deepEqual(body.error_codes, [1002012]);
  });
});
