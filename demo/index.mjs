/** The demo: an Entra ID look-alike and the CDF clusters that trust it. */
import { CLUSTERS, GUEST_TENANT, TENANT } from './catalogue.mjs';
import { createCluster } from './cdf/index.mjs';
import { createIdp } from './idp/index.mjs';

/**
 * Starts everything on loopback addresses.
 *
 * @param {object} [options]
 * @param {number} [options.tokenLifetime] of access tokens, seconds
 * @param {number} [options.refreshLifetime] of a SPA's refresh token, counted
 *   from the sign-in, seconds
 * @param {number} [options.deviceInterval] between two polls for a device code, seconds
 * @param {'localhost' | '127.0.0.1'} [options.host] in every address that is
 *   given out; with `127.0.0.1` the provider is another *site* for a page on
 *   localhost
 * @param {number} [options.idpPort] for browsers; 0 takes a free one
 * @param {number} [options.idpTlsPort] for servers
 * @param {number[]} [options.cdfPorts] one per cluster
 * @param {string} [options.caDir] an existing directory for `ca.pem` and
 *   `client.pem`, which `close()` removes; by default a temporary one
 * @returns {Promise<object>} `{idp, cdf: {clusters}, connections,
 *   guestConnection, close()}`, JSON but for `close`
 */
export async function startDemo({
  tokenLifetime = 3600,
  refreshLifetime = 86400,
  deviceInterval = 5,
  host = 'localhost',
  idpPort = 0,
  idpTlsPort = 0,
  cdfPorts = [0, 0],
  caDir
} = {}) {
  const started = [];
  const close = async () => {
    await Promise.all(started.splice(0).map(part => part.close()));
  };
  try {
    const { close: closeIdp, ...idp } = await createIdp({
      tokenLifetime,
      refreshLifetime,
      deviceInterval,
      host,
      port: idpPort,
      tlsPort: idpTlsPort,
      caDir
    });
    started.push({ close: closeIdp });
    const clusters = [];
    for (const [index, cluster] of CLUSTERS.entries()) {
      const { close: closeCluster, ...described } = await createCluster({
        cluster,
        host,
        port: cdfPorts[index] ?? 0,
        issuers: [idp.issuer, idp.guest.issuer],
        jwksUri: idp.metadata.jwks_uri
      });
      started.push({ close: closeCluster });
      clusters.push(described);
    }
    const connections = clusters.map(cluster =>
      connection(cluster, TENANT.name, idp)
    );
    // One connection shows a preselected project, the other the choice.
    connections[0].project = CLUSTERS[0].projects[0].name;
    // The same application and cluster, with Alice as a guest of another tenant.
    const guestConnection = connection(clusters[0], GUEST_TENANT.name, {
      ...idp,
      ...idp.guest
    });
    return { idp, cdf: { clusters }, connections, guestConnection, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One entry of the extension's connections. */
function connection(
  { name, url },
  tenantName,
  { tenant, authority, clientIds, metadata }
) {
  return {
    label: `${tenantName} · ${name}`,
    tenant,
    clientId: clientIds.spa,
    deviceClientId: clientIds.native,
    cluster: name,
    baseUrl: url,
    authority,
    metadata
  };
}
