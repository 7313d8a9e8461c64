import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT
} from 'jose';
import { startDemo } from '../../demo/index.mjs';
import { cdf, EAST, PAGE, signIn, token, WEST } from './support.mjs';

const INSPECT = '/api/v1/token/inspect';
const UNAUTHORIZED = { error: { code: 401, message: 'Unauthorized' } };
const series = project => `/api/v1/projects/${project}/timeseries`;

describe('a CDF cluster', () => {
  let demo;
  let west;
  let east;
  let alice;
  before(async () => {
    demo = await startDemo({ tokenLifetime: 60 });
    [west, east] = demo.cdf.clusters.map(({ url }) => url);
    alice = (await signIn(demo)).access_token;
  });
  after(() => demo.close());
  afterEach(() => mock.timers.reset());

  const scoped = audience => ({
    scope: `openid profile offline_access ${audience}/.default`
  });
  const names = ({ body }) =>
    body.projects.map(({ projectUrlName }) => projectUrlName);

  it('says which of its projects a token opens', async () => {
    const answer = await cdf(west, INSPECT, alice);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.subject, decodeJwt(alice).sub);
    assert.deepEqual(names(answer), ['plant-north', 'plant-south']);
    assert.ok(
      answer.body.projects.every(({ groups }) => groups.every(Number.isInteger))
    );
    assert.deepEqual(
      answer.body.capabilities[0].projectScope.projects,
      names(answer)
    );

    const bob = await signIn(demo, 'bob@contoso.test');
    assert.deepEqual(names(await cdf(west, INSPECT, bob.access_token)), [
      'plant-south',
      'refinery'
    ]);
    const far = await signIn(demo, 'alice@contoso.test', scoped(EAST));
    assert.deepEqual(names(await cdf(east, INSPECT, far.access_token)), [
      'rig-7',
      'wind-park'
    ]);
  });

  it('lists time series of its own for each project, page by page', async () => {
    const list = (project, query, headers = {}) =>
      cdf(west, `${series(project)}/list`, alice, {
        method: 'POST',
        headers,
        body: query
      });
    const first = await list('plant-north', '{"limit": 2}');
    assert.equal(first.body.items.length, 2);
    const rest = await list(
      'plant-north',
      gzipSync(JSON.stringify({ limit: 2, cursor: first.body.nextCursor })),
      { 'content-encoding': 'gzip' }
    );
    assert.equal(rest.body.items.length, 1);
    assert.equal(rest.body.nextCursor, undefined);
    const south = await cdf(west, `${series('plant-south')}?limit=1`, alice);
    assert.match(south.body.items[0].name, /^plant-south/);
    assert.match(first.body.items[0].name, /^plant-north/);

    assert.equal((await list('plant-north', '{')).status, 400);
    assert.equal((await list('plant-north', '{"limit": 0}')).status, 400);
  });

  it('opens to an application with a role', async () => {
    const { body } = await token(
      demo,
      {
        grant_type: 'client_credentials',
        client_id: demo.idp.clientIds.confidential,
        client_secret: demo.idp.clientSecret,
        scope: `${WEST}/.default`
      },
      { origin: null }
    );
    assert.deepEqual(names(await cdf(west, INSPECT, body.access_token)), [
      'plant-north'
    ]);
  });

  it('keeps foreign and unknown projects shut with 403', async () => {
    for (const project of ['refinery', 'rig-7', 'no-such-project']) {
      const { status, body } = await cdf(west, series(project), alice);
      assert.equal(status, 403, project);
      assert.equal(body.error.code, 403);
    }
    assert.equal((await cdf(west, '/api/v1/elsewhere', alice)).status, 404);
  });

  it('refuses a token in the very second that it expires', async () => {
    const { exp } = decodeJwt(alice);
    mock.timers.enable({ apis: ['Date'], now: exp * 1000 - 1 });
    assert.equal((await cdf(west, INSPECT, alice)).status, 200);
    mock.timers.setTime(exp * 1000);
    const { status, body } = await cdf(west, INSPECT, alice);
    assert.equal(status, 401);
    assert.deepEqual(body, UNAUTHORIZED);
  });

  it("refuses another cluster's token", async () => {
    const { status, body } = await cdf(east, INSPECT, alice);
    assert.equal(status, 401);
    assert.deepEqual(body, UNAUTHORIZED);
  });

  it('refuses what the issuer did not sign', async () => {
    const claims = decodeJwt(alice);
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', jwk: await exportJWK(publicKey) })
      .sign(privateKey);
    const [header, , signature] = alice.split('.');
    const other = { ...claims, exp: claims.exp + 3600 };
    const changed = Buffer.from(JSON.stringify(other)).toString('base64url');
    for (const [what, jwt] of Object.entries({
      unsigned: new UnsecuredJWT(claims).encode(),
      forged,
      changed: `${header}.${changed}.${signature}`,
      nonsense: 'nonsense'
    })) {
      assert.equal((await cdf(west, INSPECT, jwt)).status, 401, what);
    }
    const { status } = await fetch(west + INSPECT);
    assert.equal(status, 401, 'no token at all');
  });

  it('trusts its issuer only', async () => {
    const stranger = await startDemo();
    try {
      const { access_token: jwt } = await signIn(stranger);
      assert.equal((await cdf(west, INSPECT, jwt)).status, 401);
    } finally {
      await stranger.close();
    }
  });

  it('is open to pages of any origin in the west, to none in the east', async () => {
    const headers = {
      origin: PAGE,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization'
    };
    const open = await fetch(west + INSPECT, { method: 'OPTIONS', headers });
    assert.equal(open.status, 204);
    assert.equal(open.headers.get('access-control-allow-origin'), '*');
    assert.equal(
      open.headers.get('access-control-allow-headers'),
      'authorization'
    );
    const refused = await cdf(west, INSPECT, 'nonsense');
    assert.equal(refused.headers.get('access-control-allow-origin'), '*');

    const shut = await fetch(east + INSPECT, { method: 'OPTIONS', headers });
    assert.equal(shut.status, 405);
    const answer = await cdf(east, INSPECT, 'nonsense');
    for (const seen of [shut.headers, answer.headers]) {
      const cors = [...seen.keys()].filter(name =>
        name.startsWith('access-control')
      );
      assert.deepEqual(cors, []);
    }
  });
});
