/**
 * A certificate in the place of a client's secret: "Certificate credentials" of
 * Entra (learn.microsoft.com, certificate-credentials), RFC 7523.
 */
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { errors, jwtVerify } from 'jose';
import { EntraError } from './aadsts.mjs';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048
};
const HOUR = 3600e3;
const DAYS_VALID = 30;

export const ASSERTION_TYPE =
  'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The certificate that an administrator has uploaded for an application. */
export class ClientCertificate {
  #publicKey;
  #thumbprints;

  /** @param {string} file the key and the certificate, PEM @param {Buffer} der */
  constructor(file, der, publicKey) {
    this.file = file;
    this.#publicKey = publicKey;
    const hash = name => createHash(name).update(der).digest('base64url');
    this.#thumbprints = { x5t: hash('sha1'), 'x5t#S256': hash('sha256') };
  }

  /** @param {string} directory where `client.pem` is written; it must exist */
  static async create(directory) {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, [
      'sign',
      'verify'
    ]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Contoso pipelines',
      notBefore: new Date(Date.now() - HOUR),
      notAfter: new Date(Date.now() + DAYS_VALID * 24 * HOUR),
      keys,
      signingAlgorithm: ALGORITHM
    });
    const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    const key = x509.PemConverter.encode(der, x509.PemConverter.PrivateKeyTag);
    const file = path.join(directory, 'client.pem');
    const pem = `${key}\n${certificate.toString('pem')}\n`;
    await writeFile(file, pem, { mode: 0o600 });
    // One key, once for each algorithm that msal may sign with.
    const spki = await webcrypto.subtle.exportKey('spki', keys.publicKey);
    const importAs = name =>
      webcrypto.subtle.importKey('spki', spki, { ...ALGORITHM, name }, false, [
        'verify'
      ]);
    const publicKeys = {
      RS256: await importAs('RSASSA-PKCS1-v1_5'),
      PS256: await importAs('RSA-PSS')
    };
    return new ClientCertificate(
      file,
      Buffer.from(certificate.rawData),
      ({ alg }) => publicKeys[alg]
    );
  }

  /**
   * Checks what a client signed in the place of its secret.
   *
   * @param {string} assertion a JWT
   * @param {{id: string}} application
   * @param {string} audience the token endpoint
   * @throws {EntraError}
   */
  async verify(assertion, application, audience) {
    try {
      const { protectedHeader } = await jwtVerify(assertion, this.#publicKey, {
        algorithms: ['RS256', 'PS256'],
        audience,
        issuer: application.id,
        subject: application.id,
        requiredClaims: ['exp', 'jti']
      });
      const name = Object.keys(this.#thumbprints).find(
        key => protectedHeader[key]
      );
      // msal for Python pads its base64url.
      const sent = String(protectedHeader[name]).replace(/=+$/, '');
      if (name && sent === this.#thumbprints[name]) {
        return;
      }
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new EntraError(700024);
      }
    }
    throw new EntraError(700027, { application });
  }

  dispose() {
    return rm(this.file, { force: true });
  }
}
