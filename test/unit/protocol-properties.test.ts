import fc from 'fast-check';
import * as protocol from '../../src/kernels/protocol';

const { CONTENT_KEY } = protocol;

/** More of them in the deep form (`npm test -- --deep=unit`). */
const RUNS = process.env['CDF_AUTH_DEEP'] ? 50_000 : 2000;

/** Mostly `usual`, so that everything behind it is reached as well, and now and then whatever JSON can be. */
const mostly = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: usual },
    { weight: 1, arbitrary: fc.jsonValue() }
  );

const text = mostly(
  fc.oneof(
    { weight: 9, arbitrary: fc.string({ minLength: 1 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'x'.repeat(512), 'x'.repeat(513))
    }
  )
);
const seconds = mostly(
  fc.oneof(
    { weight: 9, arbitrary: fc.nat() },
    { weight: 1, arbitrary: fc.double() }
  )
);

const request = mostly(
  fc.record(
    {
      v: mostly(fc.constant(1)),
      op: mostly(fc.constant('token')),
      id: text,
      instance: text,
      session: fc.option(text),
      scopes: mostly(fc.array(text, { maxLength: 40, size: 'small' })),
      min_ttl: fc.option(seconds),
      sent: seconds,
      timeout: seconds
    },
    {
      requiredKeys: [
        'v',
        'op',
        'id',
        'instance',
        'session',
        'scopes',
        'min_ttl',
        'sent'
      ]
    }
  )
);

const acknowledgement = fc.record(
  {
    v: fc.integer(),
    ok: mostly(fc.boolean()),
    instance: text,
    code: text,
    now: seconds,
    session: fc.option(text),
    since: fc.oneof(
      text,
      fc.date({ noInvalidDate: true }).map(date => date.toISOString())
    ),
    open: mostly(fc.array(request))
  },
  { requiredKeys: ['ok', 'instance'] }
);

const content = fc.oneof(
  fc.jsonValue(),
  fc.record({ [CONTENT_KEY]: mostly(acknowledgement) })
);

const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= 512;

const isSeconds = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isRequest = (value: protocol.ITokenRequest): boolean =>
  isText(value.id) &&
  isText(value.instance) &&
  (value.session === null || isText(value.session)) &&
  value.scopes.every(isText) &&
  value.scopes.length <= 32 &&
  (value.minTtl === null || isSeconds(value.minTtl)) &&
  isSeconds(value.sent) &&
  isSeconds(value.timeout);

describe('whatever comes from a kernel', () => {
  it('is read as a question, or as none', () => {
    let read = 0;
    fc.assert(
      fc.property(request, data => {
        const found = protocol.readRequest(data);
        read += found ? 1 : 0;
        return found === null || isRequest(found);
      }),
      { numRuns: RUNS }
    );
    expect(read).toBeGreaterThan(0);
  });

  it('is read as an acknowledgement, or as none', () => {
    let read = 0;
    fc.assert(
      fc.property(content, reply => {
        const found = protocol.readAcknowledgement(reply);
        read += found ? 1 : 0;
        return (
          found === null ||
          (typeof found.ok === 'boolean' &&
            isText(found.instance) &&
            (found.code === undefined || isText(found.code)) &&
            (found.now === undefined || isSeconds(found.now)) &&
            (found.session === null || isText(found.session)) &&
            (found.since === null || Number.isFinite(found.since)) &&
            found.open.every(isRequest))
        );
      }),
      { numRuns: RUNS }
    );
    expect(read).toBeGreaterThan(0);
  });

  it('is read as the outcome of an installation, or as none', () => {
    const outcomes = ['ok', 'python', 'kernel', 'version', 'failed'];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(...outcomes).map(outcome => `'${outcome}'`)
    );
    const expressions = fc.oneof(
      fc.jsonValue(),
      fc.record({
        [CONTENT_KEY]: fc.record({ data: fc.record({ 'text/plain': value }) })
      })
    );
    let read = 0;
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ user_expressions: expressions })),
        reply => {
          const found = protocol.readOutcome(reply);
          read += found ? 1 : 0;
          return found === null || outcomes.includes(found);
        }
      ),
      { numRuns: RUNS }
    );
    expect(read).toBeGreaterThan(0);
  });
});
