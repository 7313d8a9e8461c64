"""The server serves kernels that nobody's browser is connected to."""

import json

import pytest
from support.kernel_client import LOOP, claims
from support.patience import until

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

WHERE = """
get_token()
import cdf_auth, os
print(cdf_auth.context().project, os.getpid())
"""


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 4}


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


@pytest.fixture(
    params=[
        pytest.param("start_kernel", id="here"),
        pytest.param("start_gateway_kernel", id="gateway", marks=pytest.mark.gateway),
    ]
)
def kernel(request, jp_asyncio_loop):
    start = request.getfixturevalue(request.param)
    return jp_asyncio_loop.run_until_complete(start())


async def test_a_busy_cell_gets_fresh_tokens(page, kernel):
    session = await page.sign_in("bob@contoso.test")
    assert (await page.serve(session, kernel.id))["kernels"] == 1
    await until(kernel.is_attached)
    output = await kernel.run(LOOP + "print(json.dumps(collect(4)))")
    tokens = json.loads(output)
    assert len(set(tokens)) == 4
    assert {claims(one)["preferred_username"] for one in tokens} == {"bob@contoso.test"}


async def test_a_cell_that_runs_already_is_served(page, kernel):
    session = await page.sign_in()
    code = "import time\nwhile 'get_token' not in globals(): time.sleep(0.05)\n"
    cell = await kernel.begin(code + LOOP + "print(json.dumps(collect(2)))")
    await page.serve(session, kernel.id)
    assert len(json.loads(await cell)) == 2


RESTARTS = {
    "restart": lambda kernel, _: kernel.restart(),
    "kill -9": lambda kernel, process: kernel.kill(process),
}


@pytest.mark.parametrize("how", RESTARTS)
async def test_a_new_process_is_served_again(page, kernel, how):
    session = await page.sign_in()
    await page.serve(session, kernel.id, project="refinery")
    await until(kernel.is_attached)
    project, before = (await kernel.run(WHERE)).split()
    assert project == "refinery"
    await RESTARTS[how](kernel, int(before))
    # The very first cell already finds the agent; behind a gateway one that comes by
    # the page's connection, which this client's isn't.
    project, after = (await kernel.run(WHERE)).split()
    assert project == "refinery"
    assert before != after
