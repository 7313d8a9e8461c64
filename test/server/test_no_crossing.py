"""Two people on one server: over many renewals neither gets a token of the other."""

import asyncio
import json

import pytest
from support.kernel_client import claims
from support.session_client import Page
from support.session_fixtures import Users

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

ALICE, BOB = "alice@contoso.test", "bob@contoso.test"

#: A question each time; the server renews a token that isn't quite new any more.
RENEWALS = """
import json
seen = set()
while len(seen) < 30:
    seen.add(str(get_token(min_ttl=3599)))
print(json.dumps(sorted(seen)))
"""


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 1}


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


@pytest.fixture
def server_app_config():
    return {"identity_provider_class": Users}


async def test_no_token_crosses_over(quick, api, demo, start_kernel):
    ann, ben = Page(api, demo, "ann"), Page(api, demo, "ben")
    kernels = [await start_kernel(path=f"{name}.ipynb") for name in ("a", "b")]
    alice, bob = await ann.sign_in(ALICE), await ben.sign_in(BOB)
    await ann.serve(alice, kernels[0].id)
    await ben.serve(bob, kernels[1].id)
    before = await demo.grants("refresh_token")
    cells = [await kernel.begin(RENEWALS) for kernel in kernels]
    printed = await asyncio.gather(*cells)
    for output, account in zip(printed, (ALICE, BOB), strict=True):
        tokens = json.loads(output.splitlines()[-1])
        assert len(set(tokens)) == 30
        assert {claims(one)["preferred_username"] for one in tokens} == {account}
    assert await demo.grants("refresh_token") >= before + 58
