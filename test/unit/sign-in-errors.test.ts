import { providerFault, temporaryFault } from '../../src/identity/answers';
import { explain } from '../../src/identity/errors';
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
    const error = explain(msal(errorCode), null, 'sign-in');
    expect(error).toMatchObject({ code, needsSignIn });
    expect(error.message).not.toBe('');
    expect(error.action).not.toBe('');
    expect(error.message).not.toMatch(/https?:/);
  });

  it("keeps the provider's own sentence, without its trace ids", () => {
    const text =
      'invalid_grant: AADSTS700084: The refresh token was issued to a single page app. Trace ID: 1-2 Correlation ID: 3\r\nTimestamp: now';
    expect(explain(msal('invalid_grant', text), null, 'renewal').message).toBe(
      'AADSTS700084: The refresh token was issued to a single page app.'
    );
  });

  it('sees a missing consent behind invalid_grant, which ends no session', () => {
    const refused = Object.assign(
      msal('invalid_grant', 'AADSTS65001: no consent.') as object,
      { subError: 'consent_required' }
    );
    expect(explain(refused, null, 'renewal')).toMatchObject({
      code: 'consent_required'
    });
  });

  it('prefers what the network client saw to the bare code that is left of it', () => {
    const fault = new CdfAuthError('not_json', 'HTML came.', 'Check it.');
    expect(explain(msal('network_error'), fault, 'renewal')).toBe(fault);
  });

  it('shows no technical text of an error that it does not know', () => {
    const error = explain(
      new TypeError('x is not a function'),
      null,
      'sign-in'
    );
    expect(error.message).not.toContain('function');
    expect(error.code).toBe('sign_in_failed');
  });
});

const BLOCKED = 'AADSTS53003: Access has been blocked.';

describe('a refusal by a policy', () => {
  test.each(['access_denied', 'invalid_grant', 'interaction_required'])(
    'is named, be it %s',
    code => {
      for (const stage of ['sign-in', 'renewal'] as const) {
        const error = explain(msal(code, BLOCKED), null, stage);
        expect(error).toMatchObject({
          code: 'blocked_by_policy',
          message: `A policy of your organisation blocks this sign-in. ${BLOCKED}`,
          needsSignIn: true
        });
        expect(error.action).toContain('administrator');
      }
    }
  );

  it('is not seen in other numbers', () => {
    const text = 'AADSTS50053: The account is locked.';
    const error = explain(msal('invalid_grant', text), null, 'renewal');
    expect(error.code).toBe('sign_in_required');
  });
});

describe('a renewal', () => {
  test.each(['access_denied', 'user_cancelled', 'popup_window_error'])(
    'that ends with %s had no window to be cancelled in',
    code => {
      const { message, action } = explain(msal(code), null, 'renewal');
      expect(`${message} ${action}`).not.toMatch(
        /sign-in window|was cancelled|pop-ups/
      );
    }
  );

  it('that is denied needs a sign-in', () => {
    expect(explain(msal('access_denied'), null, 'renewal')).toMatchObject({
      code: 'sign_in_required',
      needsSignIn: true
    });
  });
});

describe('a fault of a request to the provider', () => {
  const fault = (code: string): CdfAuthError =>
    providerFault(new CdfAuthError(code, 'It went wrong.', 'Look.'));

  test.each([
    ['unreachable', 'provider_unreachable', 'accept its terms'],
    ['timeout', 'provider_unreachable', 'accept its terms'],
    ['not_json', 'provider_bad_answer', 'accept its terms'],
    ['server_fault', 'provider_bad_answer', 'within minutes']
  ])('%s is mended by time', (code, reason, advice) => {
    const error = fault(code);
    expect(error).toMatchObject({ code: reason, transient: true });
    expect(error.message).toMatch(/^It went wrong\./);
    expect(error.action).toContain(advice);
  });
});

it("a guest network's page is called one", () => {
  const error = new CdfAuthError('not_json', 'No JSON (HTTP 200).', 'Look.');
  expect(providerFault(error).message).toBe(
    'No JSON (HTTP 200). It was probably a page of the network or of a proxy.'
  );
});

const SERVICE = 'The sign-in service';

describe('an answer of the provider', () => {
  it("is told in the provider's own words, first line only, where it is busy", () => {
    const body = {
      error: 'temporarily_unavailable',
      error_description: 'AADSTS90033: A transient error. Trace ID: 1\r\nx'
    };
    expect(temporaryFault(SERVICE, false, { status: 400, body })).toMatchObject(
      {
        code: 'provider_busy',
        message: 'AADSTS90033: A transient error.'
      }
    );
  });

  const GOOD = {
    access_token: 'a.b-c',
    token_type: 'bearer',
    expires_in: '60'
  };

  test.each([
    [200, GOOD, false],
    [200, { token_endpoint: 'https://login.test/token' }, true],
    [400, { error: 'invalid_grant' }, false],
    [400, { error: 'invalid_tenant' }, true]
  ])('%d %j is left to MSAL', (status, body, isDiscovery) => {
    expect(temporaryFault(SERVICE, isDiscovery, { status, body })).toBeNull();
  });

  test.each([
    [200, GOOD, true],
    [201, GOOD, false],
    [200, { ...GOOD, expires_in: '' }, false],
    [431, null, false]
  ])('%d %j is not an answer of OAuth 2.0', (status, body, isDiscovery) => {
    const fault = temporaryFault(SERVICE, isDiscovery, { status, body })!;
    expect(fault).toMatchObject({ code: 'provider_bad_answer' });
    expect(fault.message).toContain(`HTTP ${status}`);
  });
});
