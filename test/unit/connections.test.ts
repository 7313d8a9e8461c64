import { readSettings } from '../../src/identity/connections';

const good = {
  label: 'Contoso',
  tenant: 'contoso.test',
  clientId: '11111111-2222-3333-4444-555555555555',
  cluster: 'westeurope-1'
};

describe('a connection', () => {
  it('needs four fields; the rest is completed', () => {
    const { connections, problems } = readSettings([good], {});
    expect(problems).toEqual([]);
    expect(connections[0]).toMatchObject({
      id: 'Contoso',
      baseUrl: 'https://westeurope-1.cognitedata.com',
      scopes: ['https://westeurope-1.cognitedata.com/.default'],
      authority: 'https://login.microsoftonline.com/contoso.test'
    });
  });

  it('keeps the cluster as the audience where another host serves the API', () => {
    const { connections } = readSettings(
      [{ ...good, baseUrl: 'https://pl.example.com/' }],
      {}
    );
    expect(connections[0]).toMatchObject({
      baseUrl: 'https://pl.example.com',
      scopes: ['https://westeurope-1.cognitedata.com/.default']
    });
  });

  const broken: [string, unknown, RegExp][] = [
    ['without a tenant', { ...good, tenant: undefined }, /no "tenant"/],
    ['without a client id', { ...good, clientId: '' }, /no "clientId"/],
    ['without a cluster', { ...good, cluster: null }, /no "cluster"/],
    [
      'with an http authority',
      { ...good, authority: 'http://login.example.com/t' },
      /"authority" .* must be an https address/
    ],
    [
      'with an http authority on loopback',
      { ...good, authority: 'http://localhost:8080/t' },
      /"authority" .* must be an https address/
    ],
    [
      'with an http base URL elsewhere',
      { ...good, baseUrl: 'http://cdf.example.com' },
      /"baseUrl" .* must be an https address/
    ],
    [
      'with a user in an address',
      { ...good, baseUrl: 'https://user@cdf.example.com' },
      /"baseUrl"/
    ],
    [
      'with no address',
      { ...good, baseUrl: 'cdf' },
      /"baseUrl" .* not an addr/
    ],
    [
      'with an address as its cluster',
      { ...good, cluster: 'https://westeurope-1.cognitedata.com' },
      /"cluster" .* can't be/
    ],
    [
      'with an unknown setting',
      { ...good, clientSecret: 'x' },
      /unknown setting "clientSecret"/
    ],
    ['with a number as its tenant', { ...good, tenant: 7 }, /"tenant" .* text/],
    ['with scopes as a text', { ...good, scopes: 'a' }, /"scopes" .* list/],
    [
      'with metadata that lacks an endpoint',
      { ...good, metadata: { issuer: 'x' } },
      /"metadata" .* "authorization_endpoint"/
    ],
    [
      'with a foreign http endpoint in its metadata',
      {
        ...good,
        metadata: {
          authorization_endpoint: 'http://evil.example/a',
          token_endpoint: 'https://b'
        }
      },
      /"metadata.authorization_endpoint"/
    ],
    ['that is a text', 'Contoso', /not an object/],
    ['that is a list', [], /not an object/]
  ];

  test.each(broken)('%s is a problem that names it', (_, entry, message) => {
    const { connections, problems } = readSettings(
      [entry, { ...good, label: 'Other' }],
      {}
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toMatch(message);
    expect(problems[0]!.action).not.toBe('');
    expect(connections.map(({ label }) => label)).toEqual(['Other']);
  });

  it('must have a name of its own', () => {
    const { connections, problems } = readSettings([good], {
      connections: [good]
    });
    expect(connections).toHaveLength(1);
    expect(problems[0]!.message).toContain('named "Contoso"');
  });
});

describe('the settings', () => {
  it('put the connections of the administrator first', () => {
    const own = { connections: [{ ...good, label: 'Mine' }] };
    const { connections } = readSettings([good], own);
    expect(connections.map(({ label }) => label)).toEqual(['Contoso', 'Mine']);
  });

  it('with an unknown name are a problem, and lose nothing', () => {
    const { connections, problems } = readSettings([good], { conections: [] });
    expect(problems[0]!.message).toContain('"conections"');
    expect(connections).toHaveLength(1);
  });

  it('that are no list are a problem, and leave the connections of the administrator', () => {
    const { connections, problems } = readSettings([good], {
      connections: 'Contoso'
    });
    expect(problems[0]!.message).toContain('not a list');
    expect(connections).toHaveLength(1);
  });

  it('may be empty', () => {
    expect(readSettings([], {})).toEqual({ connections: [], problems: [] });
  });
});
