/**
 * An Entra ID look-alike for two tenants, the second of which has guests of the first.
 *
 * The browser's listener speaks http, the one for servers https. Both serve both
 * tenants; each tenant's issuer has the https address, as Entra's has.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  APPLICATIONS,
  CLUSTERS,
  CONSENTED_API,
  GUEST_TENANT,
  GUESTS,
  TENANT,
  UNCONSENTED_API,
  USERS
} from '../catalogue.mjs';
import { listen } from '../listeners.mjs';
import { createCertificate } from './certificate.mjs';
import { ClientCertificate } from './client-certificate.mjs';
import { Directory } from './directory.mjs';
import { createHandler } from './handler.mjs';

/**
 * Starts the look-alike.
 *
 * @param {object} options
 * @param {number} options.tokenLifetime of access tokens, seconds
 * @param {number} options.refreshLifetime of a SPA's refresh token, seconds
 * @param {number} options.deviceInterval between two polls for a device code, seconds
 * @param {string} options.host `localhost` or `127.0.0.1`, in every address
 * @param {number} options.port of the http listener, 0 for a free one
 * @param {number} options.tlsPort of the https listener, 0 for a free one
 * @param {string} [options.caDir] where `ca.pem` and `client.pem` are written
 */
export async function createIdp({
  tokenLifetime,
  refreshLifetime,
  deviceInterval,
  host,
  port,
  tlsPort,
  caDir
}) {
  const certificate = await createCertificate(caDir);
  const home = path.dirname(certificate.caFile);
  const clientCertificate = await ClientCertificate.create(home);
  const opened = [];
  const close = async () => {
    await Promise.all(opened.map(listener => listener.close()));
    await clientCertificate.dispose();
    await certificate.dispose();
  };
  try {
    // The issuer holds the port, so the listeners come before the provider.
    let handler;
    const handle = (req, res) => handler(req, res);
    const plain = await listen(handle, { port });
    opened.push(plain);
    const secure = await listen(handle, { port: tlsPort, tls: certificate });
    opened.push(secure);

    const url = `http://${host}:${plain.port}`;
    const tlsUrl = `https://${host}:${secure.port}`;
    const clientSecret = randomBytes(24).toString('base64url');
    const tenants = [
      { tenant: TENANT, users: USERS },
      { tenant: GUEST_TENANT, users: GUESTS }
    ].map(({ tenant, users }) => {
      const authority = `${tlsUrl}/${tenant.id}`;
      const directory = new Directory({
        tenant,
        applications: APPLICATIONS,
        users,
        apis: apis(),
        secret: clientSecret,
        certificate: clientCertificate,
        tokenEndpoint: `${authority}/oauth2/v2.0/token`
      });
      return { authority, issuer: `${authority}/v2.0`, directory };
    });
    handler = await createHandler({
      url,
      tenants,
      tokenLifetime,
      refreshLifetime,
      deviceInterval
    });
    const [home, guest] = await Promise.all(
      tenants.map(tenant => describe(tenant, url))
    );
    return {
      url,
      tlsUrl,
      ...home,
      guest,
      clientIds: {
        spa: APPLICATIONS.spa.id,
        native: APPLICATIONS.native.id,
        confidential: APPLICATIONS.confidential.id
      },
      clientSecret,
      clientCertificateFile: clientCertificate.file,
      caFile: certificate.caFile,
      close
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function describe({ authority, issuer, directory }, url) {
  const { id } = directory.tenant;
  const discovery = `${url}/${id}/v2.0/.well-known/openid-configuration`;
  return {
    authority,
    issuer,
    tenant: id,
    // The http listener's own metadata: http endpoints, the https issuer.
    metadata: await (await fetch(discovery)).json()
  };
}

function apis() {
  const clusters = CLUSTERS.map(({ audience }) => [
    audience,
    { consented: true }
  ]);
  return {
    ...Object.fromEntries(clusters),
    [CONSENTED_API]: { consented: true },
    [UNCONSENTED_API]: { consented: false }
  };
}
