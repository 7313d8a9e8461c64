import { busy, explain } from '../../src/identity/errors';
import { CdfAuthError } from '../../src/shared/errors';

const msal = (errorCode: string, errorMessage = ''): unknown =>
  Object.assign(new Error(errorCode), { errorCode, errorMessage });

describe('explaining what msal-browser throws', () => {
  test.each([
    ['popup_window_error', 'popup_blocked', false],
    ['timed_out', 'sign_in_timeout', false],
    ['access_denied', 'sign_in_declined', false],
    ['crypto_nonexistent', 'insecure_page', false],
    ['openid_config_error', 'provider_unusable', false],
    ['consent_required', 'consent_required', true],
    ['invalid_grant', 'sign_in_required', true],
    ['login_required', 'sign_in_required', true],
    ['no_tokens_found', 'sign_in_required', true],
    ['something_new', 'sign_in_failed', false]
  ])('%s', (errorCode, code, needsSignIn) => {
    const error = explain(msal(errorCode), null);
    expect(error).toMatchObject({ code, needsSignIn });
    expect(error.message).not.toBe('');
    expect(error.action).not.toBe('');
    expect(error.message).not.toMatch(/https?:/);
  });

  it("keeps the provider's own sentence, without its trace ids", () => {
    const text =
      'invalid_grant: AADSTS700084: The refresh token was issued to a single page app. Trace ID: 1-2 Correlation ID: 3\r\nTimestamp: now';
    expect(explain(msal('invalid_grant', text), null).message).toBe(
      'AADSTS700084: The refresh token was issued to a single page app.'
    );
  });

  it('sees a missing consent behind invalid_grant, which ends no session', () => {
    const refused = Object.assign(
      msal('invalid_grant', 'AADSTS65001: no consent.') as object,
      { subError: 'consent_required' }
    );
    expect(explain(refused, null)).toMatchObject({ code: 'consent_required' });
  });

  it('prefers what the network client saw to the bare code that is left of it', () => {
    const fault = new CdfAuthError('not_json', 'HTML came.', 'Check it.');
    expect(explain(msal('network_error'), fault)).toBe(fault);
  });

  it('shows no technical text of an error that it does not know', () => {
    const error = explain(new TypeError('x is not a function'), null);
    expect(error.message).not.toContain('function');
    expect(error.code).toBe('sign_in_failed');
  });
});

describe('an answer of the provider', () => {
  test.each([
    [429, { error: 'too_many' }, 'provider_busy'],
    [429, null, 'provider_busy'],
    [400, { error: 'temporarily_unavailable' }, 'provider_busy'],
    [400, { error: 'server_error' }, 'provider_busy'],
    [503, {}, 'server_fault']
  ])('with %d %j is mended by time', (status, body, code) => {
    const fault = busy('The sign-in service', { status, body });
    expect(fault).toMatchObject({ code, transient: true });
    expect(fault!.action).not.toBe('');
  });

  test.each([
    [200, { access_token: 'x' }],
    [400, { error: 'invalid_grant' }],
    [401, ['temporarily_unavailable']],
    [431, null]
  ])('with %d %j is not', (status, body) => {
    expect(busy('The sign-in service', { status, body })).toBeNull();
  });

  it("is told in the provider's own words, first line only", () => {
    const body = {
      error: 'temporarily_unavailable',
      error_description: 'AADSTS90033: A transient error. Trace ID: 1\r\nx'
    };
    expect(busy('The service', { status: 400, body })!.message).toBe(
      'AADSTS90033: A transient error.'
    );
  });
});
