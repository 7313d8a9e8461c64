/**
 * The page to which the identity provider sends the sign-in window back.
 *
 * It hands the answer to the JupyterLab tab that opened the window, over a
 * BroadcastChannel whose name only that tab and the provider's `state` know,
 * and closes itself. See the redirect bridge of MSAL:
 * https://learn.microsoft.com/entra/msal/javascript/browser/redirect-bridge
 */
import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';

const TITLE = 'Cognite Data Fusion sign-in';

/** Text only: the page's policy forbids inline scripts and styles. */
function say(sentence: string): void {
  const status = document.getElementById('status');
  if (status) {
    status.textContent = sentence;
  }
}

async function handOver(): Promise<void> {
  try {
    await broadcastResponseToMainFrame();
    // Still here: a browser closes only windows that a script has opened.
    say('JupyterLab has received the answer. You can close this window.');
  } catch {
    // MSAL's message is a link, and the address it complains about may hold a
    // code: neither helps the reader. MSAL has already cleared the address.
    say(
      'This address holds no answer of a sign-in. You can close this window ' +
        'and press "Sign in" in JupyterLab again.'
    );
  } finally {
    // MSAL renames the page.
    document.title = TITLE;
  }
}

void handOver();
