import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { startDemo } from '../../demo/index.mjs';

const MAIN = fileURLToPath(new URL('../../demo/main.mjs', import.meta.url));

/** Starts the program; @returns the process and what its one line says. */
async function start(...args) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'inherit']
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  assert.match(line, /^demo \{/);
  return { child, demo: JSON.parse(line.slice('demo '.length)) };
}

/** The loopback addresses of this machine, as hosts of a URL. */
function loopbackAddresses() {
  return Object.values(os.networkInterfaces())
    .flat()
    .filter(
      ({ internal, address }) =>
        internal && /^(127\.0\.0\.1|::1)$/.test(address)
    )
    .map(({ family, address }) =>
      family === 'IPv6' ? `[${address}]` : address
    );
}

describe('the demo by itself', () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    it(`says where it is and stops cleanly on ${signal}`, async () => {
      const { child, demo } = await start('--token-lifetime', '20');
      assert.equal(
        (await fetch(demo.connections[0].metadata.jwks_uri)).status,
        200
      );
      assert.ok(existsSync(demo.idp.caFile));
      child.kill(signal);
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      assert.equal(existsSync(demo.idp.caFile), false);
    });
  }

  it('stops when its standard input closes, if told to', async () => {
    const { child } = await start('--until-stdin-closes');
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('starts without a warning', async () => {
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'pipe']
    });
    const said = child.stderr.toArray();
    await once(createInterface(child.stdout), 'line');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.equal((await said).join(''), '');
  });

  it('says which option is wrong', async () => {
    const child = spawn(process.execPath, [MAIN, '--idp-port', 'many']);
    const said = child.stderr.toArray();
    assert.deepEqual(await once(child, 'exit'), [2, null]);
    assert.match(String(await said), /--idp-port must be a whole number/);
  });

  it('serves both loopback addresses, and another host name on request', async () => {
    const demo = await startDemo({ host: '127.0.0.1' });
    try {
      assert.match(demo.idp.authority, /^https:\/\/127\.0\.0\.1:/);
      const { port } = new URL(demo.idp.url);
      assert.ok(loopbackAddresses().includes('127.0.0.1'));
      for (const host of ['localhost', ...loopbackAddresses()]) {
        const { status } = await fetch(`http://${host}:${port}/__demo/stats`);
        assert.equal(status, 200, host);
      }
    } finally {
      await demo.close();
    }
  });

  it('describes one connection for each cluster', async () => {
    const demo = await startDemo();
    try {
      assert.deepEqual(
        demo.connections.map(({ label, cluster }) => [label, cluster]),
        [
          ['Contoso · westeurope-1', 'westeurope-1'],
          ['Contoso · az-eastus-1', 'az-eastus-1']
        ]
      );
      for (const [index, connection] of demo.connections.entries()) {
        assert.equal(connection.baseUrl, demo.cdf.clusters[index].url);
        assert.equal(connection.authority, demo.idp.authority);
        assert.equal(connection.tenant, demo.idp.tenant);
        assert.equal(connection.clientId, demo.idp.clientIds.spa);
        assert.equal(connection.deviceClientId, demo.idp.clientIds.native);
      }
    } finally {
      await demo.close();
    }
  });
});
