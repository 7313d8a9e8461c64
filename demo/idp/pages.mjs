/** The provider's pages, as HTML without any script of their own. */

const STYLE = `
:root { color-scheme: light dark; --page: #eef1f6; --card: #fff; --ink: #1b1b1f;
  --soft: #5c6270; --line: #d9dee8; --accent: #0f5fd8; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #14171d; --card: #1f232b;
  --ink: #eceef2; --soft: #a3abba; --line: #343a46; --accent: #7fb0ff; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(27rem, 100%); padding: 2rem; border-radius: 12px; background: var(--card);
  border: 1px solid var(--line); box-shadow: 0 8px 30px rgb(0 0 0 / 8%); }
.tenant { margin: 0 0 1.25rem; color: var(--soft); font-size: .875rem; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; font-weight: 600; line-height: 1.25; }
p { margin: .5rem 0 1rem; } .soft { color: var(--soft); } .bad { color: var(--bad); }
ul { list-style: none; margin: 1rem 0; padding: 0; }
.account { display: flex; gap: .875rem; align-items: center; padding: .75rem; margin: 0 -.75rem;
  border-radius: 8px; color: inherit; text-decoration: none; }
.account:hover { background: color-mix(in srgb, var(--accent) 10%, transparent); }
a:focus-visible, button:focus-visible, input:focus-visible { outline: 2px solid var(--accent);
  outline-offset: 2px; }
.initials { flex: none; width: 2.75rem; height: 2.75rem; border-radius: 50%; display: grid;
  place-items: center; background: var(--accent); color: var(--card); font-weight: 600; }
.name { display: block; font-weight: 600; } .address { display: block; color: var(--soft);
  font-size: .875rem; }
.actions { display: flex; gap: 1rem; justify-content: flex-end; align-items: center;
  margin-top: 1.5rem; }
.primary { padding: .5rem 1.25rem; border: 0; border-radius: 6px; background: var(--accent);
  color: var(--card); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.plain { color: var(--accent); }
input { width: 100%; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: 6px;
  background: transparent; color: inherit; font: 1.25rem ui-monospace, monospace;
  letter-spacing: .12em; text-transform: uppercase; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
.note { margin: 1.5rem 0 0; font-size: .8125rem; color: var(--soft); }
`;

/**
 * "Pick an account".
 *
 * @param {object} options
 * @param {{name: string, address: string}[]} options.users
 * @param {string} options.application its name
 * @param {string} options.tenant its name
 * @param {string} options.base links start with this path
 * @param {string} [options.signedIn] the address with a session in this browser
 */
export function accountsPage({ users, application, tenant, base, signedIn }) {
  const items = users.map(({ name, address }) => {
    const initials = name.replace(/[^A-Z]/g, '');
    const state = address === signedIn ? ' · signed in' : '';
    return `<li><a class="account" href="${base}/as/${encodeURIComponent(address)}">
<span class="initials" aria-hidden="true">${text(initials)}</span>
<span><span class="name">${text(name)}</span> <span class="address">${text(address)}${state}</span></span></a></li>`;
  });
  return page(
    'Pick an account',
    `<p class="soft">to continue to ${text(application)} in ${text(tenant)}</p><ul>${items.join('')}</ul>
<div class="actions"><a class="plain" href="${base}/cancel">Cancel</a></div>`
  );
}

/** Approve or decline a device. */
export function approvalPage({ application, user, base }) {
  return page(
    'Are you trying to sign in?',
    `<p><strong>${text(application)}</strong> on another device asks to act for
<strong>${text(user)}</strong>.</p>
<p class="soft">Go on only if you entered a code that you got from there yourself.</p>
<div class="actions"><a class="plain" href="${base}/cancel">Decline</a>
<a class="primary" href="${base}/accept">Approve</a></div>`
  );
}

/** Accept or refuse what an application asks for. @param {{apis: string[]}} options */
export function consentPage({ application, user, base, apis }) {
  const items = apis.map(api => `<li>Access ${text(api)} as you</li>`);
  return page(
    'Permissions requested',
    `<p><strong>${text(application)}</strong> asks <strong>${text(user)}</strong> to allow it to:</p>
<ul>${items.join('')}</ul>
<div class="actions"><a class="plain" href="${base}/cancel">Cancel</a>
<a class="primary" href="${base}/accept">Accept</a></div>`
  );
}

/** Enter the code that a device shows. */
export function devicePage({ action, secret, userCode = '', wrong }) {
  return page(
    'Enter code',
    `<p class="soft">Enter the code that your app or device shows.</p>
${wrong ? '<p class="bad" role="alert">That code did not work. Check it and try again.</p>' : ''}
<form method="post" action="${text(action)}">
<input type="hidden" name="xsrf" value="${text(secret)}">
<input type="hidden" name="confirm" value="yes">
<label for="code">Code</label>
<input id="code" name="user_code" value="${text(userCode)}" autocomplete="off" autofocus required>
<div class="actions"><button class="primary" type="submit">Next</button></div>
</form>`
  );
}

/** Signs out at once, as Entra does with one account. @param {string} form oidc-provider's */
export function signOutPage(form) {
  return page(
    'Signing out',
    `${form}<noscript><button class="primary" form="op.logoutForm" name="logout" value="yes">Sign out</button></noscript>
<script>
const form = document.getElementById('op.logoutForm');
form.insertAdjacentHTML('beforeend', '<input type="hidden" name="logout" value="yes">');
form.submit();
</script>`
  );
}

/** @param {string} title @param {string} sentence */
export function messagePage(title, sentence) {
  return page(title, `<p>${text(sentence)}</p>`);
}

/** @param {string} message an AADSTS sentence */
export function errorPage(message) {
  return page(
    'Sorry, but we’re having trouble signing you in.',
    `<p class="bad" role="alert">${text(message)}</p>`
  );
}

function page(title, body) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main><p class="tenant">Demo sign-in</p><h1>${text(title)}</h1>${body}
<p class="note">This is a demo. Nobody's password is asked for, and nothing leaves this computer.</p>
</main></body></html>`;
}

function text(value) {
  return String(value).replace(
    /[&<>"']/g,
    character => `&#${character.charCodeAt(0)};`
  );
}
