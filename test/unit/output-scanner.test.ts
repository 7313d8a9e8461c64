import fc from 'fast-check';
import { AccessToken } from '../../src/credentials/token';
import { KnownTokens } from '../../src/outputs/known-tokens';
import { audiencesOf, scan } from '../../src/outputs/scanner';
import { Secret } from '../../src/shared/secret';
import { FakeClock } from '../fakes/clock';
import { jwt } from '../fakes/jwt';
import { connection } from '../fakes/sessions';

const CDF = 'https://westeurope-1.cognitedata.com';
const OPAQUE = 'ya29-opaque_0123456789.abcdefghij~klm';

function create() {
  const clock = new FakeClock();
  const known = new KnownTokens(clock);
  const handOut = (token: string, expiresIn = 3600): void =>
    known.remember(
      new AccessToken(new Secret(token), [], expiresIn, 3600, clock)
    );
  const audiences = audiencesOf([connection()]);
  const find = (output: object) =>
    scan(output, {
      findKnown: known.search(),
      audiences,
      now: clock.now()
    });
  const inSeconds = (seconds: number): number => clock.now() / 1000 + seconds;
  const token = (claims: object = {}): string =>
    jwt({ aud: CDF, exp: inSeconds(600), ...claims });
  return { clock, known, handOut, find, token, inSeconds };
}

const printed = (text: string) => ({
  output_type: 'stream',
  name: 'stdout',
  text
});
const shown = (data: object) => ({
  output_type: 'display_data',
  data,
  metadata: {}
});

describe('a token in an output is found', () => {
  const kinds: [string, (token: string) => object][] = [
    ['printed', token => printed(`first line\n${token}\nlast line`)],
    ['printed in quotes', token => printed(`{"token":"${token}"}`)],
    ['in a header', token => printed(`Authorization: Bearer ${token}`)],
    ['in an address', token => printed(`https://x.test/?token=${token}&a=b`)],
    ['in plain text', token => shown({ 'text/plain': `'${token}'` })],
    ['in HTML', token => shown({ 'text/html': `<td>${token}</td>` })],
    ['in Markdown', token => shown({ 'text/markdown': `\`${token}\`` })],
    ['in lines', token => shown({ 'text/html': ['<td>\n', `${token}</td>`] })],
    [
      'in JSON',
      token => shown({ 'application/json': { a: [1, { b: token }] } })
    ],
    ['a key of JSON', token => shown({ 'application/json': { [token]: 1 } })],
    [
      'in JSON of an extension',
      token => shown({ 'application/vnd.x.v1+json': [[`got ${token}`]] })
    ],
    [
      "an error's words",
      token => ({
        output_type: 'error',
        ename: 'E',
        evalue: token,
        traceback: []
      })
    ],
    [
      'in a traceback',
      token => ({
        output_type: 'error',
        ename: 'E',
        evalue: '',
        traceback: [
          '\u001b[31mE\u001b[0m',
          `  t = '\u001b[1m${token}\u001b[0m'`
        ]
      })
    ]
  ];

  it.each(kinds)('%s, when this tab has handed it out', (_, output) => {
    const { clock, handOut, find } = create();
    handOut(OPAQUE, 60);
    expect(find(output(OPAQUE))).toMatchObject([
      { until: clock.now() + 60_000 }
    ]);
  });

  it.each(kinds)('%s, when another holds its session', (_, output) => {
    const { clock, token, find } = create();
    expect(find(output(token()))).toMatchObject([
      { until: clock.now() + 600_000 }
    ]);
  });

  it('wrapped by the library that printed it', () => {
    const { token, find } = create();
    const text = token().replace(/.{79}/g, '$&\r\n');
    expect(find(printed(`token:\n${text}\nmore text`))).toHaveLength(1);
  });

  it('behind a part of it', () => {
    const { token, find } = create();
    const text = token();
    expect(find(printed(`${text.slice(0, 150)}\n${text}`))).toHaveLength(1);
  });

  it('once, however often it stands there', () => {
    const { token, find } = create();
    const text = token();
    expect(find(printed(`${text} ${text}\n${text}`))).toHaveLength(1);
  });

  it('wherever it stands in whatever JSON', () => {
    const { handOut, token, find } = create();
    handOut(OPAQUE);
    const signed = token();
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.constantFrom(OPAQUE, signed),
        fc.string(),
        fc.string(),
        (value, secret, before, after) => {
          const text = `${before} ${secret}\t${after}`;
          const data = { 'application/json': [value, { at: [text] }] };
          expect(find(shown(data))).toHaveLength(1);
        }
      )
    );
  });
});

describe('an output is left alone', () => {
  it.each<[string, object]>([
    ['has expired', { exp: Date.UTC(2026, 0, 1) / 1000 - 1 }],
    ['never expires', { exp: undefined }],
    ['is for somebody else', { aud: 'https://graph.microsoft.com' }],
    ['is for another cluster', { aud: 'https://api.cognitedata.com' }],
    ['is for nobody', { aud: undefined }]
  ])('when its token %s', (_, claims) => {
    const { token, find } = create();
    expect(find(printed(token(claims)))).toEqual([]);
  });

  it('when a token that was handed out has expired meanwhile', async () => {
    const { clock, handOut, find } = create();
    handOut(OPAQUE, 60);
    await clock.advance(60_000);
    expect(find(printed(OPAQUE))).toEqual([]);
  });

  it('when only a part of a token stands there', () => {
    const { handOut, token, find } = create();
    handOut(OPAQUE);
    expect(find(printed(OPAQUE.slice(0, -1)))).toEqual([]);
    expect(find(printed(`${OPAQUE}x`))).toEqual([]);
    expect(find(printed(token().slice(0, 120)))).toEqual([]);
  });

  it('when a token stands in a picture', () => {
    const { handOut, find } = create();
    handOut(OPAQUE);
    expect(find(shown({ 'image/png': OPAQUE }))).toEqual([]);
  });

  it('when it only looks like a token', () => {
    const { find } = create();
    const payload = Buffer.from('no JSON').toString('base64url');
    expect(find(printed(`eyJhIjoxfQ.${payload}.sig`))).toEqual([]);
    expect(find(printed('eyJhIjoxfQ.bnVsbA.sig'))).toEqual([]);
  });

  it('whatever JSON it holds, and however deep', () => {
    const { handOut, find } = create();
    handOut(OPAQUE);
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(find(shown({ 'application/json': value }))).toEqual([]);
      })
    );
    let deep: unknown = 'end';
    for (let level = 0; level < 100_000; level++) {
      deep = [deep, 1];
    }
    expect(find(shown({ 'application/json': deep }))).toEqual([]);
  });
});

describe('whom a token is for', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    ['with a slash at the end', {}, `${CDF}/`],
    ['one of several', {}, ['https://x.test', CDF]],
    [
      'by the scope, at a private link',
      { baseUrl: 'https://cdf.contoso.test', cluster: 'westeurope-1' },
      CDF
    ],
    [
      "by an application's id",
      { scopes: ['api://1234-abcd/.default'] },
      '1234-abcd'
    ]
  ])('is recognised %s', (_, fields, aud) => {
    const clock = new FakeClock();
    const text = jwt({ aud, exp: clock.now() / 1000 + 60 });
    const found = scan(printed(text), {
      findKnown: () => [],
      audiences: audiencesOf([connection(fields)]),
      now: clock.now()
    });
    expect(found).toHaveLength(1);
  });
});

describe('what is remembered of a token', () => {
  it('is neither the token nor half of it', () => {
    const { known, handOut, find } = create();
    handOut(OPAQUE);
    const kept = JSON.stringify([...(known as any)._marks]);
    expect(kept).toContain(String(OPAQUE.length));
    for (let at = 0; at + 5 <= OPAQUE.length; at++) {
      expect(kept).not.toContain(OPAQUE.slice(at, at + 5));
    }
    const [finding] = find(printed(OPAQUE));
    expect(Object.keys(finding!).sort()).toEqual(['digest', 'until']);
  });

  it('is forgotten when it has expired', async () => {
    const { clock, known, handOut } = create();
    handOut(OPAQUE, 60);
    await clock.advance(60_000);
    handOut('another-token', 60);
    expect((known as any)._marks.size).toBe(1);
  });
});
