import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as protocol from '../../src/kernels/protocol';

/** The examples that the Python tests read too. */
function vectors<T>(name: string): (T & { name: string })[] {
  const file = join(__dirname, '..', 'vectors', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as (T & { name: string })[];
}

describe('reading a request', () => {
  test.each(vectors<{ valid: boolean; data: unknown }>('requests'))(
    '$name',
    ({ valid, data }) => {
      const request = protocol.readRequest(data);
      expect(request !== null).toBe(valid);
      if (request) {
        const { id, session, scopes, min_ttl } = data as Record<
          string,
          unknown
        >;
        expect(request).toMatchObject({ id, session, scopes, minTtl: min_ttl });
      }
    }
  );

  test.each([null, undefined, 3, 'token', []])('%p is no request', data => {
    expect(protocol.readRequest(data)).toBeNull();
  });
});

describe('reading an acknowledgement', () => {
  test.each(
    vectors<{ reply: unknown; agent: boolean; ok: boolean }>('acknowledgements')
  )('$name', ({ reply, agent, ok }) => {
    const acknowledgement = protocol.readAcknowledgement(reply);
    expect(acknowledgement !== null).toBe(agent);
    expect(acknowledgement?.ok ?? false).toBe(ok);
  });

  test.each([null, undefined, 'ok'])('%p is none', reply => {
    expect(protocol.readAcknowledgement(reply)).toBeNull();
  });
});

describe('reading the outcome of an installation', () => {
  const reply = (expression: unknown): unknown => ({
    status: 'ok',
    user_expressions: { cdf_auth: expression }
  });
  const value = (text: string): unknown =>
    reply({ status: 'ok', data: { 'text/plain': text }, metadata: {} });

  test.each([
    ["'ok'", 'ok'],
    ["'python'", 'python'],
    ["'kernel'", 'kernel'],
    ["'version'", 'version'],
    ["'failed'", 'failed'],
    ['None', null],
    ["'new in a later release'", null]
  ])('%s', (text, outcome) => {
    expect(protocol.readOutcome(value(text))).toBe(outcome);
  });

  test.each([
    undefined,
    { status: 'aborted' },
    reply({ status: 'error', ename: 'SyntaxError' })
  ])('%j says nothing', content => {
    expect(protocol.readOutcome(content)).toBeNull();
  });
});

describe('building a delivery', () => {
  const examples = vectors<{ message: Record<string, unknown> }>('deliveries');
  const example = (name: string): Record<string, unknown> =>
    examples.find(one => one.name === name)!.message;
  const instance = '5f0c6f0e9d3b4a55';
  const question = {
    id: 'q1',
    instance,
    session: null,
    scopes: [],
    minTtl: null,
    sent: 1790000000.5,
    timeout: 60
  };
  const selected = {
    session: 's-2b9f',
    connection: 'Contoso',
    cluster: 'westeurope-1',
    project: 'plant-north',
    baseUrl: 'https://westeurope-1.cognitedata.com',
    account: 'alice@contoso.test',
    scopes: ['https://westeurope-1.cognitedata.com/.default'],
    since: '2026-11-23T10:00:00.000Z'
  };

  test.each<[string, protocol.Content]>([
    ['hello', protocol.hello('h-1')],
    ['context', protocol.context(instance, selected, false)],
    [
      'context without a project',
      protocol.context(instance, { ...selected, project: null }, true)
    ],
    [
      'token',
      protocol.answer(question, {
        op: 'token',
        session: 's-2b9f',
        scopes: selected.scopes,
        token: 'header.payload.signature',
        expiresIn: 3599,
        lifetime: 3600
      })
    ],
    [
      'waiting',
      protocol.answer(question, {
        op: 'waiting',
        session: null,
        reason: 'sign_in_required',
        problem: { code: 'x', message: 'For the panel.', action: '' }
      })
    ],
    [
      'error',
      protocol.answer(question, {
        op: 'error',
        session: 's-2b9f',
        code: 'consent_required',
        message: 'AADSTS65001: consent is missing.',
        action: 'Ask an administrator to grant it.'
      })
    ],
    ['bye to one session', protocol.bye(instance, 's-2b9f')],
    ['bye to all', protocol.bye(instance, null)]
  ])('%s', (name, content) => {
    expect(content).toEqual({ [protocol.CONTENT_KEY]: example(name) });
  });
});
