import { GUESTS, GUEST_TENANT, TENANT, USERS } from '../../demo/catalogue.mjs';
import { READ_CLAIMS } from './support/claims';
import { expect, setTokenLifetime, test } from './support/lab';

/** Seconds: so long that after a second sign-in, and after a reload, the tokens of the first are still handed out. */
const LIFETIME = 600;

/** Two connections with one client id, in the demo's configuration. */
const HOME = 'Contoso · westeurope-1';
const GUEST = 'Fabrikam · westeurope-1';

/** Alice, as the claims `tid` and `oid` have her. */
const AT_HOME = `${TENANT.id} ${oidAmong(USERS)}`;
const AS_GUEST = `${GUEST_TENANT.id} ${oidAmong(GUESTS)}`;

const PIN = `${READ_CLAIMS}
import time
from cdf_auth import context

def who(token):
    own = claims(token)
    return f'{own["tid"]} {own["oid"]}'

home = context()
print("selected", who(get_token()))
`;

const BOTH = `
print("selected", who(get_token()))
print("pinned", who(home.get_token()))
`;

/** After a reload of the page a token is renewed for whoever wants one that is good for longer. */
const RENEWED = `
before = {str(get_token()), str(home.get_token())}

def renewed(get):
    while (token := str(get(min_ttl=${LIFETIME - 10}))) in before:
        time.sleep(0.2)
    return token

print("selected", who(renewed(get_token)))
print("pinned", who(renewed(home.get_token)))
`;

function oidAmong(people: { name?: string; oid: string }[]): string {
  const alice = people.find(({ name }) => name === 'Alice Example');
  return alice?.oid ?? 'nobody';
}

test('a guest has the selected tenant’s tokens, and a pinned context goes on in its own', async ({
  lab
}) => {
  test.setTimeout(240_000);
  await setTokenLifetime(LIFETIME);
  await lab.open('guest.ipynb', [PIN, BOTH, RENEWED]);
  await lab.combobox('Connection').selectOption(HOME);
  await lab.signIn('alice');
  expect(await lab.run(0)).toContain(`selected ${AT_HOME}`);

  await lab.combobox('Connection').selectOption(GUEST);
  await lab.signIn('alice');
  const both = new RegExp(`selected ${AS_GUEST}\\s+pinned ${AT_HOME}`);
  expect(await lab.run(1)).toMatch(both);
  await expect(lab.combobox('Project')).toHaveValue('foundry');

  await lab.page.reload();
  await lab.page.locator('.jp-Notebook').waitFor();
  await lab.showPanel();
  await expect(lab.status).toContainText('alice@contoso.test');
  expect(await lab.run(1, 90_000)).toMatch(both);
  expect(await lab.run(2, 90_000)).toMatch(both);

  await lab.combobox('Connection').selectOption(HOME);
  await expect(lab.combobox('Project')).toHaveValue('plant-north');
  expect(await lab.run(1)).toMatch(
    new RegExp(`selected ${AT_HOME}\\s+pinned ${AT_HOME}`)
  );
});
