/** The pages on which a person picks an account, approves a device or consents. */
import { errors } from './oidc-provider.mjs';
import { sendHtml } from '../http.mjs';
import {
  accountsPage,
  approvalPage,
  consentPage,
  errorPage
} from './pages.mjs';

/**
 * @param {object} options
 * @param {import('oidc-provider').Provider} options.provider
 * @param {import('./directory.mjs').Directory} options.directory
 * @param {string} options.path the pages are `{path}/{uid}[/{action}[/{address}]]`
 * @returns {(req: object, res: object) => Promise<void>}
 */
export function createSignIn({ provider, directory, path }) {
  return async function signIn(req, res) {
    try {
      const interaction = await provider.interactionDetails(req, res);
      const [uid, action, value] = req.url.slice(path.length + 1).split('/');
      if (uid !== interaction.uid) {
        throw new errors.SessionNotFound('other sign-in');
      }
      if (!action) {
        return sendHtml(res, 200, show(interaction));
      }
      const result = decide(interaction, action, value);
      if (!result) {
        return sendHtml(res, 404, errorPage('There is no such page.'));
      }
      await provider.interactionFinished(req, res, result);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) {
        throw error;
      }
      sendHtml(
        res,
        400,
        errorPage(
          'This sign-in is over or was started in another browser. Start again.'
        )
      );
    }
  };

  function show(interaction) {
    const { prompt, params, deviceCode } = interaction;
    const base = `${path}/${interaction.uid}`;
    const application = directory.application(params.client_id).name;
    const user = directory.user(interaction.session?.accountId)?.address;
    if (prompt.name !== 'consent') {
      return accountsPage({
        users: directory.users,
        application,
        tenant: directory.tenant.name,
        base,
        signedIn: user
      });
    }
    return deviceCode
      ? approvalPage({ application, user, base })
      : consentPage({ application, user, base, apis: missingApis(prompt) });
  }

  /** @returns {object | undefined} oidc-provider's interaction result */
  function decide(interaction, action, value) {
    if (action === 'cancel') {
      return { error: 'access_denied' };
    }
    if (action === 'accept') {
      for (const api of missingApis(interaction.prompt)) {
        const { accountId } = interaction.session;
        directory.consent(accountId, interaction.params.client_id, api);
      }
      return { consent: {} };
    }
    const user =
      action === 'as' && directory.userByAddress(decodeURIComponent(value));
    return user
      ? { login: { accountId: user.sub }, select_account: {} }
      : undefined;
  }
}

function missingApis(prompt) {
  return Object.keys(prompt.details.missingResourceScopes ?? {});
}
