import { readFileSync } from 'fs';
import { join } from 'path';
import { isForeignToken, isOtherTenant } from '../../src/identity/token-owner';
import { jwt } from '../fakes/jwt';
import { connection } from '../fakes/sessions';

interface IExample {
  name: string;
  owner: { tenant: string; object: string; application: string };
  claims?: object;
  token?: string;
  foreign: boolean;
}

const EXAMPLES = JSON.parse(
  readFileSync(join(__dirname, '..', 'vectors', 'token-owners.json'), 'utf8')
) as IExample[];

const HOME = '7c0d3f5e-2b1a-4e6d-9f48-5a1be0c27d10';
const GUEST = 'c41f7e0b-93a6-4d58-8b2e-6f05d1a7c9e3';

describe('a token', () => {
  // Applications sign in on the server and in scripts.
  const ofPersons = EXAMPLES.filter(one => one.owner.application === '');

  test.each(ofPersons)('$name', example => {
    const { tenant: tenantId, object: objectId } = example.owner;
    const token = example.token ?? jwt(example.claims!);
    expect(isForeignToken(token, { tenantId, objectId })).toBe(example.foreign);
  });

  it('is accepted if an earlier release has not noted the account', () => {
    expect(isForeignToken(jwt({ tid: GUEST, oid: GUEST }), {})).toBe(false);
  });
});

describe('a sign-in', () => {
  const cases: [string, Record<string, unknown>, string, boolean][] = [
    ['to the tenant', { tenant: HOME }, HOME.toUpperCase(), false],
    ['to another tenant', { tenant: HOME }, GUEST, true],
    ['to one that only the authority names', inAuthority(HOME), HOME, false],
    ['to another than the authority names', inAuthority(HOME), GUEST, true],
    [
      'where a domain names the tenant',
      { tenant: 'contoso.com' },
      GUEST,
      false
    ],
    ['that names no tenant', { tenant: HOME }, '', false],
    ['at a provider with names of its own', { tenant: HOME }, 'fabrikam', false]
  ];

  test.each(cases)('%s', (_, fields, tenantId, expected) => {
    expect(isOtherTenant(connection(fields), tenantId)).toBe(expected);
  });

  function inAuthority(tenant: string): Record<string, unknown> {
    const authority = `https://login.microsoftonline.com/${tenant}`;
    return { tenant: 'contoso.com', authority };
  }
});
