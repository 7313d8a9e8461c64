import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { startDemo } from '../../demo/index.mjs';
import { cdf, refresh, signIn, WEST } from './support.mjs';

describe('a guest', () => {
  let demo;
  /** The same provider, as one who signs in at the other tenant sees it. */
  let elsewhere;
  before(async () => {
    demo = await startDemo();
    elsewhere = { ...demo, idp: { ...demo.idp, ...demo.idp.guest } };
  });
  after(() => demo.close());

  const infoOf = answer =>
    JSON.parse(Buffer.from(answer.client_info, 'base64url'));

  it('is one account of its own tenant, and somebody else in each', async () => {
    const [home, guest] = [await signIn(demo), await signIn(elsewhere)];
    assert.deepEqual(infoOf(guest), infoOf(home));
    const [own, other] = [home, guest].map(one => decodeJwt(one.id_token));
    assert.equal(own.tid, demo.idp.tenant);
    assert.equal(other.tid, demo.idp.guest.tenant);
    assert.equal(other.preferred_username, own.preferred_username);
    assert.notEqual(other.oid, own.oid);
    assert.notEqual(other.iss, own.iss);
  });

  it('gets tokens that the other tenant has signed', async () => {
    const { access_token: jwt } = await signIn(elsewhere);
    const { issuer, tenant, metadata } = demo.idp.guest;
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
    const { payload } = await jwtVerify(jwt, keys, { issuer, audience: WEST });
    assert.equal(payload.tid, tenant);
    const inspected = await cdf(
      demo.cdf.clusters[0].url,
      '/api/v1/token/inspect',
      jwt
    );
    const names = inspected.body.projects.map(one => one.projectUrlName);
    assert.deepEqual(names, ['foundry']);
  });

  it('redeems a refresh token of one tenant at the other, back and forth', async () => {
    const { refresh_token: first } = await signIn(demo);
    const { body: guest } = await refresh(elsewhere, first);
    assert.equal(decodeJwt(guest.access_token).tid, demo.idp.guest.tenant);
    assert.equal(decodeJwt(guest.id_token).tid, demo.idp.guest.tenant);
    const { body: home } = await refresh(demo, guest.refresh_token);
    assert.equal(decodeJwt(home.access_token).tid, demo.idp.tenant);
  });

  it('is not everybody: whom the other tenant does not know gets no token', async () => {
    const { refresh_token: bob } = await signIn(demo, 'bob@contoso.test');
    const { status, body } = await refresh(elsewhere, bob);
    assert.equal(status, 400);
    assert.equal(body.error, 'invalid_grant');
  });

  it('has a connection that differs in the tenant alone', () => {
    const [{ project, ...home }] = demo.connections;
    assert.ok(project);
    const { authority, tenant, metadata } = demo.idp.guest;
    assert.deepEqual(demo.guestConnection, {
      ...home,
      label: 'Fabrikam · westeurope-1',
      authority,
      tenant,
      metadata
    });
  });
});
