import { webcrypto } from 'crypto';
import { TextDecoder, TextEncoder } from 'util';
import { jwt } from './jwt';
import { connection } from './sessions';

/** A person who is a guest in a second tenant. */
export const HOME = {
  tenant: '7c0d3f5e-2b1a-4e6d-9f48-5a1be0c27d10',
  oid: '5f1c7a92-3e4b-4c8d-a6f0-7b2d9e1c4a35'
};
export const GUEST = {
  tenant: 'c41f7e0b-93a6-4d58-8b2e-6f05d1a7c9e3',
  oid: 'a96d2c5f-71e8-4b03-9c4d-e8f5306b1a72'
};

const HOST = 'https://login.test';

/** What jsdom lacks and msal-browser needs; one at a time is all that a lock has to be here. */
export function completeBrowser(): void {
  Object.assign(globalThis, { TextDecoder, TextEncoder });
  Object.defineProperty(globalThis, 'crypto', { value: webcrypto });
  Object.defineProperty(navigator, 'locks', {
    value: { request: (_: string, work: () => unknown) => work() }
  });
}

/** The connection of one tenant; both have one application. */
export function connectionOf({ tenant }: { tenant: string }) {
  const authority = `${HOST}/${tenant}`;
  return connection({
    label: tenant,
    tenant,
    authority,
    metadata: {
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/authorize`,
      token_endpoint: `${authority}/token`,
      jwks_uri: `${authority}/keys`
    }
  });
}

/** An answer of the token endpoint for a person in a tenant; `undefined` leaves a field out. */
export function answerOf(
  { tenant: tid, oid }: typeof HOME,
  fields: Record<string, unknown> = {}
): Record<string, unknown> {
  const issued = ++count;
  return {
    token_type: 'Bearer',
    scope: 'https://westeurope-1.cognitedata.com/.default',
    expires_in: 3600,
    access_token: jwt({ tid, oid, issued }),
    refresh_token: `refresh-token-${issued}`,
    id_token: jwt({
      iss: `${HOST}/${tid}/v2.0`,
      aud: 'spa',
      sub: `sub-in-${tid}`,
      tid,
      oid,
      preferred_username: 'alice@contoso.test'
    }),
    client_info: btoa(JSON.stringify({ uid: HOME.oid, utid: HOME.tenant })),
    ...fields
  };
}

let count = 0;
