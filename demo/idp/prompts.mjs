/**
 * When the provider has to ask a person something: which account, and whether
 * an application or a device is welcome.
 */
import { interactionPolicy } from './oidc-provider.mjs';

const { Check, Prompt, base } = interactionPolicy;

/** @param {import('./directory.mjs').Directory} directory */
export function createPrompts(directory) {
  const prompts = base();

  prompts.add(
    new Prompt(
      { name: 'select_account', requestable: true },
      new Check('device_account', 'a device needs an account', ctx =>
        Boolean(isDevice(ctx) && !ctx.oidc.result?.select_account)
      )
    ),
    0
  );

  prompts.get('login').checks.add(
    // The browser holds one person's session; the application wants another's.
    new Check(
      'other_account',
      'the hinted account is not signed in',
      'login_required',
      ctx => {
        const hinted = directory.userByAddress(ctx.oidc.params.login_hint);
        const { accountId } = ctx.oidc.session;
        return Boolean(
          hinted &&
          accountId &&
          hinted.sub !== accountId &&
          !ctx.oidc.result?.login
        );
      }
    )
  );

  const consent = prompts.get('consent');
  // Entra asks no native application again once consent is given …
  consent.checks.remove('native_client_prompt');
  // … but whoever holds a device code may be someone else.
  consent.checks.add(
    new Check('device_approval', 'a device needs an approval', ctx =>
      Boolean(isDevice(ctx) && !ctx.oidc.result?.consent)
    )
  );
  return prompts;
}

function isDevice(ctx) {
  return ['code_verification', 'device_resume'].includes(ctx.oidc.route);
}
