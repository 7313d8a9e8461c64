/** Makes oidc-provider's answers look and feel like Entra's, faults included. */
import { createClaims } from './claims.mjs';
import { apiScopesOf, OIDC_SCOPES, scopesFor } from './directory.mjs';
import { translate } from './translate.mjs';

/** Endpoints that pages of other origins may read. */
const OPEN = ['discovery', 'keys'];

/**
 * The CORS headers of an answer. Entra exposes no header to scripts, and
 * `/devicecode` has no CORS at all.
 *
 * @param {string} endpoint
 * @param {string} [kind] of the application that asks
 * @returns {Record<string, string>}
 */
export function corsHeaders(endpoint, kind) {
  const allowed =
    OPEN.includes(endpoint) || (endpoint === 'token' && kind === 'spa');
  return allowed ? { 'access-control-allow-origin': '*' } : {};
}

/**
 * A Koa middleware in front of oidc-provider. It expects `req.demo` with the
 * endpoint, the form and the application, as `requests.mjs` sets them.
 *
 * @param {object} options
 * @param {import('oidc-provider').Provider} options.provider
 * @param {import('./directory.mjs').Directory} options.directory
 * @param {string} options.deviceUrl where people enter device codes
 * @param {number} options.deviceInterval between two polls, seconds
 * @param {number} options.refreshLifetime seconds
 */
export function answerLikeEntra({
  provider,
  directory,
  deviceUrl,
  deviceInterval,
  refreshLifetime
}) {
  const { clientInfo } = createClaims(directory);
  for (const event of [
    'grant.error',
    'device_authorization.error',
    'authorization.error'
  ]) {
    provider.on(event, (ctx, error) => {
      ctx.state.failure = error;
    });
  }
  provider.on('server_error', (ctx, error) => {
    console.error(`demo sign-in: ${ctx.method} ${ctx.path} failed:`, error);
  });

  return async function answer(ctx, next) {
    await next();
    const { endpoint, application } = ctx.req.demo;
    for (const name of Object.keys(ctx.response.headers)) {
      if (name.startsWith('access-control-')) {
        ctx.remove(name);
      }
    }
    if (ctx.get('origin')) {
      ctx.set(corsHeaders(endpoint, application?.kind));
    }
    if (endpoint === 'discovery') {
      discoveryAnswer(ctx);
    } else if (['token', 'devicecode'].includes(endpoint)) {
      apiAnswer(ctx);
    } else if (ctx.response.get('location')) {
      redirectAnswer(ctx);
    }
    if (ctx.secure) {
      allowFraming(ctx);
    }
  };

  function discoveryAnswer(ctx) {
    delete ctx.body.authorization_response_iss_parameter_supported;
    ctx.body.scopes_supported = OIDC_SCOPES;
  }

  function apiAnswer(ctx) {
    const { endpoint, form } = ctx.req.demo;
    if (ctx.status >= 400) {
      const failure = failureOf(ctx);
      ctx.status = failure.status;
      ctx.body = failure.toBody(form['client-request-id']);
    } else if (endpoint === 'token') {
      ctx.body = tokenBody(ctx);
    } else {
      ctx.body = deviceBody(ctx.body);
    }
  }

  function tokenBody(ctx) {
    const { AccessToken: token } = ctx.oidc.entities;
    const api = token?.resourceServer?.identifier();
    const { expires_in, access_token, refresh_token, id_token } = ctx.body;
    const scope = api ? scopesFor(api).join(' ') : token?.scope;
    const asksForInfo = token && ctx.req.demo.form.client_info === '1';
    return {
      token_type: 'Bearer',
      ...(scope && { scope }),
      expires_in,
      ext_expires_in: expires_in,
      access_token,
      refresh_token,
      id_token,
      client_info: asksForInfo ? clientInfo(token.accountId) : undefined
    };
  }

  function deviceBody({ user_code, device_code, expires_in }) {
    return {
      user_code,
      device_code,
      verification_uri: deviceUrl,
      expires_in,
      interval: deviceInterval,
      message: `To sign in, use a web browser to open the page ${deviceUrl} and enter the code ${user_code} to authenticate.`
    };
  }

  /** An answer to the application, which travels in the address of its page. */
  function redirectAnswer(ctx) {
    const target = new URL(ctx.response.get('location'), ctx.href);
    if (target.origin === new URL(ctx.href).origin) {
      return;
    }
    const inFragment = target.hash.length > 1;
    const answer = new URLSearchParams(
      inFragment ? target.hash.slice(1) : target.search
    );
    answer.delete('iss'); // RFC 9207, which Entra doesn't implement
    if (answer.has('error')) {
      const failure = failureOf(ctx);
      const body = failure.toBody(ctx.oidc.params?.['client-request-id']);
      answer.set('error', body.error);
      answer.set('error_description', body.error_description);
      if (failure.code === 65004) {
        answer.set('error_subcode', 'cancel');
      }
    }
    if (inFragment) {
      target.hash = answer.toString();
    } else {
      target.search = answer.toString();
    }
    ctx.set('location', target.href);
  }

  function failureOf(ctx) {
    const { failure } = ctx.state;
    const { endpoint, form, application } = ctx.req.demo;
    const params = ctx.oidc.params ?? {};
    const translated = translate(failure ?? {}, {
      application: application ?? directory.application(params.client_id),
      clientId: params.client_id ?? form?.client_id,
      scope: apiScopesOf(form?.scope ?? params.scope).join(' '),
      tenant: directory.tenant.name,
      refreshLifetime
    });
    // Entra's device flow has a word of its own for "no".
    if (endpoint === 'token' && translated.code === 65004) {
      translated.error = 'authorization_declined';
    }
    return translated;
  }
}

/** Over TLS Entra's cookies work in frames of other sites; `Lax` ones don't. */
function allowFraming(ctx) {
  const cookies = ctx.response.headers['set-cookie'];
  if (!cookies) {
    return;
  }
  ctx.set(
    'set-cookie',
    [cookies]
      .flat()
      .map(cookie =>
        cookie
          .replace(/; samesite=lax/i, '; samesite=none')
          .replace(/(; secure)?$/i, '; secure')
      )
  );
}
