/** oidc-provider's features: device code, logout, access tokens for APIs. */
import { errors } from './oidc-provider.mjs';
import { apisOf, scopesFor } from './directory.mjs';
import { devicePage, messagePage, signOutPage } from './pages.mjs';

/**
 * @param {object} options
 * @param {import('./directory.mjs').Directory} options.directory
 * @param {() => number} options.tokenLifetime seconds, of a token that is made now
 */
export function features({ directory, tokenLifetime }) {
  return {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    userinfo: { enabled: false },
    deviceFlow: {
      enabled: true,
      mask: '*********',
      userCodeInputSource: (ctx, _form, _out, error) => {
        ctx.body =
          error?.name === 'AbortedError'
            ? messagePage(
                'Declined',
                'You declined. You can close this window.'
              )
            : devicePage(deviceForm(ctx, error?.userCode, Boolean(error)));
      },
      userCodeConfirmSource: (ctx, _form, _client, _info, userCode) => {
        ctx.body = devicePage(deviceForm(ctx, userCode, false));
      },
      successSource: ctx => {
        ctx.body = messagePage(
          'You have signed in',
          `${ctx.oidc.client.clientName} is signed in on your device. You can close this window.`
        );
      }
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, _client, granted) => chooseApi(ctx, granted),
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, api) => {
        if (!directory.apis[api]) {
          throw new errors.InvalidTarget();
        }
        return {
          audience: api,
          scope: scopesFor(api).join(' '),
          accessTokenFormat: 'jwt',
          accessTokenTTL: tokenLifetime(),
          jwt: { sign: { alg: 'RS256' } }
        };
      }
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = signOutPage(form);
      },
      postLogoutSuccessSource: ctx => {
        ctx.body = messagePage('You signed out', 'You can close this window.');
      }
    }
  };
}

/** The API that a request's scope names; else the one of the sign-in. */
function chooseApi(ctx, granted) {
  const asked = apisOf(ctx.oidc.body?.scope ?? ctx.oidc.params?.scope);
  if (asked.length > 1) {
    throw new errors.InvalidRequest('more than one resource');
  }
  return asked[0] ?? granted?.[0];
}

function deviceForm(ctx, userCode, wrong) {
  return {
    action: ctx.oidc.urlFor('code_verification'),
    secret: ctx.oidc.session.state.secret,
    userCode,
    wrong
  };
}
