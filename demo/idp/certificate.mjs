/**
 * A certificate authority for one run of the demo, and a server certificate of it.
 *
 * The extensions are those of RFC 5280 section 4.2.1, key identifiers included:
 * Python 3.13 verifies strictly and refuses a certificate without them.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR = 3600e3;
const DAYS_VALID = 30;

/**
 * @typedef {object} Certificate
 * @property {string} key the server's private key, PEM
 * @property {string} cert the server's certificate, PEM
 * @property {string} caFile where the authority's certificate is, PEM
 * @property {() => Promise<void>} dispose removes what was written
 */

/**
 * Makes an authority and a certificate for the loopback names. The authority's
 * private key is never written and is gone when this returns.
 *
 * @param {string} [directory] where `ca.pem` is written (it must exist); by
 *   default a new temporary directory
 * @returns {Promise<Certificate>}
 */
export async function createCertificate(directory) {
  const authority = await keyPair();
  const server = await keyPair();
  const validity = {
    notBefore: new Date(Date.now() - HOUR),
    notAfter: new Date(Date.now() + DAYS_VALID * 24 * HOUR)
  };
  const name = 'CN=Demo sign-in authority';
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name,
    keys: authority,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true
      ),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey)
    ]
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=localhost',
    issuer: name,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: await serverExtensions(server.publicKey, authority.publicKey)
  });

  const home = directory ?? (await mkdtemp(path.join(os.tmpdir(), 'demo-ca-')));
  const caFile = path.join(home, 'ca.pem');
  await writeFile(caFile, `${ca.toString('pem')}\n`);
  return {
    key: await privatePem(server.privateKey),
    cert: leaf.toString('pem'),
    caFile,
    dispose: () =>
      rm(directory ? caFile : home, { recursive: true, force: true })
  };
}

async function serverExtensions(subjectKey, issuerKey) {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' }
    ]),
    await x509.SubjectKeyIdentifierExtension.create(subjectKey),
    await x509.AuthorityKeyIdentifierExtension.create(issuerKey)
  ];
}

function keyPair() {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function privatePem(key) {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return x509.PemConverter.encode(der, x509.PemConverter.PrivateKeyTag);
}
