import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { startDemo } from '../../demo/index.mjs';
import {
  authorizeUrl,
  cdf,
  control,
  PAGE,
  refresh,
  signIn,
  stats,
  token
} from './support.mjs';

const INSPECT = '/api/v1/token/inspect';

describe('faults', () => {
  let demo;
  let idp;
  let west;
  let session;
  before(async () => {
    demo = await startDemo();
    idp = demo.idp.url;
    west = demo.cdf.clusters[0].url;
    session = await signIn(demo);
  });
  after(() => demo.close());
  afterEach(async () => {
    await control(idp, 'faults', {
      discovery: null,
      authorize: null,
      token: null
    });
    await control(west, 'faults', { inspect: null, timeseries: null });
  });

  const inspect = () =>
    fetch(west + INSPECT, {
      headers: { origin: PAGE, authorization: `Bearer ${session.access_token}` }
    });
  const discovery = () =>
    fetch(`${idp}/${demo.idp.tenant}/v2.0/.well-known/openid-configuration`, {
      headers: { origin: PAGE }
    });

  it('take an endpoint down and bring it back', async () => {
    const fault = await control(idp, 'faults', {
      token: 'down',
      authorize: 'down'
    });
    assert.deepEqual(fault.body, { token: 'down', authorize: 'down' });
    const { refused } = (await stats(idp)).endpoints.token;
    await assert.rejects(token(demo, {}), /fetch failed/);
    await assert.rejects(fetch(authorizeUrl(demo).url), /fetch failed/);
    assert.equal((await discovery()).status, 200, 'others stay up');
    assert.equal((await stats(idp)).endpoints.token.refused, refused + 1);

    await control(idp, 'faults', { token: null });
    session = (await refresh(demo, session.refresh_token)).body;
    assert.ok(session.access_token);
  });

  it('answer pages, 500, rubbish or nothing, readable where CORS allows', async () => {
    for (const [kind, status, type, text] of [
      ['html', 200, 'text/html', /<h1>/],
      ['500', 500, 'text/plain', /Internal Server Error/],
      ['garbage', 200, 'application/json', /^\{/]
    ]) {
      await control(west, 'faults', { inspect: kind });
      await control(idp, 'faults', { discovery: kind });
      for (const response of [await inspect(), await discovery()]) {
        assert.equal(response.status, status, kind);
        assert.equal(response.headers.get('content-type'), type);
        assert.equal(response.headers.get('access-control-allow-origin'), '*');
        const body = await response.text();
        assert.match(body, text);
        assert.throws(() => JSON.parse(body), SyntaxError);
      }
    }
    await control(idp, 'faults', { discovery: 'empty' });
    assert.equal(await (await discovery()).text(), '');
    await control(west, 'faults', { inspect: 'empty', timeseries: 'empty' });
    assert.deepEqual((await (await inspect()).json()).projects, []);
    const path = '/api/v1/projects/plant-north/timeseries';
    const { body } = await cdf(west, path, session.access_token);
    assert.deepEqual(body, { items: [] });
  });

  it('refuse in the shape of the server', async () => {
    for (const kind of ['401', '403', '429']) {
      await control(west, 'faults', { inspect: kind });
      const refused = await inspect();
      assert.equal(refused.status, Number(kind));
      assert.equal((await refused.json()).error.code, Number(kind));
      await control(idp, 'faults', { token: kind });
      const { status, body } = await token(demo, {});
      assert.equal(status, Number(kind));
      assert.match(body.error_description, /^AADSTS(7000215|53003|90055): /);
    }
  });

  it('hold an answer back until they are lifted', async () => {
    await control(west, 'faults', { inspect: 'slow' });
    let answered = false;
    const answer = inspect().then(response => {
      answered = true;
      return response;
    });
    // Later requests are served while the first one hangs.
    const path = '/api/v1/projects/plant-north/timeseries';
    assert.equal((await cdf(west, path, session.access_token)).status, 200);
    assert.equal(answered, false);
    await control(west, 'faults', { inspect: null });
    assert.equal((await answer).status, 200);
  });

  it('let preflights pass', async () => {
    await control(west, 'faults', { inspect: '401' });
    const { status } = await fetch(west + INSPECT, {
      method: 'OPTIONS',
      headers: { origin: PAGE, 'access-control-request-method': 'GET' }
    });
    assert.equal(status, 204);
  });

  it('are switched by known names only, and by JSON', async () => {
    assert.equal(
      (await control(idp, 'faults', { tokens: 'down' })).status,
      400
    );
    assert.equal(
      (await control(idp, 'faults', { token: 'upset' })).status,
      400
    );
    assert.equal((await control(idp, 'faults', null)).status, 400);
    assert.equal((await control(idp, 'constructor', {})).status, 404);
    assert.equal((await control(west, 'revoke', { user: 'x' })).status, 404);
    const form = await fetch(`${idp}/__demo/faults`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"token": "down"}'
    });
    assert.equal(form.status, 415);
    assert.notEqual((await refresh(demo, 'made-up')).status, 500);
  });
});
