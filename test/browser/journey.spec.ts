import { READ_CLAIMS } from './support/claims';
import { DEEP } from './support/deep';
import { SHORT, expect, setTokenLifetime, test } from './support/lab';

/** Seconds for which the cell runs at least; it goes on until it has seen three tokens. */
const LONG = DEEP ? 60 : 0;

/** A cell that calls `get_token()` again and again, and reports what it saw. */
const LOOP = `
import json, time

tokens, expired, slowest, projects = set(), 0, 0.0, set()
end = time.time() + ${LONG}
while time.time() < end or len(tokens) < 3:
    start = time.perf_counter()
    token = get_token()
    slowest = max(slowest, time.perf_counter() - start)
    tokens.add(str(token))
    expired += claims(token)["exp"] <= time.time()
    projects.add(context().project)
    if len(tokens) == 2:
        print("switch now", flush=True)
    time.sleep(0.2)
print(json.dumps({"tokens": len(tokens), "expired": expired, "slowest": slowest, "projects": sorted(projects)}))
`;

const SDK = `
from cognite.client import CogniteClient, ClientConfig
from cognite.client.credentials import Token

def config():
    where = context()
    return ClientConfig(client_name="journey", project=where.project, base_url=where.base_url, credentials=Token(get_token))

client = CogniteClient(config())
print([series.name for series in client.time_series.list(limit=5)])
`;

const SDK_LATER = `
first = str(get_token())
while str(get_token()) == first:
    time.sleep(0.1)
print(len(client.time_series.list(limit=5)) > 0)
from cognite.client import AsyncCogniteClient
async_client = AsyncCogniteClient(config())
print(len(await async_client.time_series.list(limit=5)) > 0)
`;

test('sign in, get tokens in a long cell, switch project, restart, sign out', async ({
  lab
}) => {
  test.setTimeout(240_000);
  await setTokenLifetime(DEEP ? null : SHORT);
  await lab.open('journey.ipynb', [
    `${READ_CLAIMS}
token = get_token()
c = claims(token)
print(c["aud"], c["preferred_username"])
token`,
    `from cdf_auth import context${LOOP}`,
    'context().project',
    `${READ_CLAIMS}
print(claims(get_token())["preferred_username"])`,
    'get_token()'
  ]);
  await lab.signIn('alice');

  const first = await lab.run(0);
  expect(first).toContain(
    'https://westeurope-1.cognitedata.com alice@contoso.test'
  );
  expect(first).not.toContain('eyJ');

  await lab.combobox('Project').selectOption('plant-north');
  await lab.start(1);
  await expect(lab.outputArea(1)).toContainText('switch now');
  await lab.combobox('Project').selectOption('plant-south');
  const [report] = (await lab.output(1, 120_000)).match(/\{.*\}/) ?? [''];
  const seen = JSON.parse(report) as {
    tokens: number;
    expired: number;
    slowest: number;
    projects: string[];
  };
  expect(seen.tokens).toBeGreaterThanOrEqual(3);
  expect(seen.expired).toBe(0);
  expect(seen.slowest).toBeLessThan(1);
  expect(seen.projects).toEqual(['plant-north']);
  expect(await lab.run(2)).toContain('plant-south');

  await lab.restartKernel();
  expect(await lab.run(3)).toContain('alice@contoso.test');

  await lab.button('Sign out').click();
  await expect(lab.button('Sign in')).toBeVisible();
  expect(await lab.run(4)).toContain('SignInRequired');
});

test('the Cognite SDK lists time series before and after its first token has expired', async ({
  lab
}) => {
  await setTokenLifetime(SHORT);
  await lab.open('sdk.ipynb', [
    `import time\nfrom cdf_auth import context${SDK}`,
    SDK_LATER
  ]);
  await lab.signIn('alice');
  await lab.combobox('Project').selectOption('plant-north');
  expect(await lab.run(0, 60_000)).toMatch(/\['.+'\]/);
  expect(await lab.run(1, 60_000)).toMatch(/True\s+True/);
});
