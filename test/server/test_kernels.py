"""The server serves kernels that nobody's browser is connected to."""

import asyncio
import json
import os
import signal

import pytest
from kernel_client import LOOP, claims

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 4}


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def test_a_busy_cell_gets_fresh_tokens(page, start_kernel):
    kernel = await start_kernel()
    session = await page.sign_in("bob@contoso.test")
    assert (await page.serve(session, kernel.id))["kernels"] == 1
    output = await kernel.run(LOOP + "print(json.dumps(collect(4)))")
    tokens = json.loads(output)
    assert len(set(tokens)) == 4
    assert {claims(one)["preferred_username"] for one in tokens} == {"bob@contoso.test"}


async def test_a_cell_that_runs_already_is_served(page, start_kernel):
    kernel = await start_kernel()
    session = await page.sign_in()
    code = "import time\nwhile 'get_token' not in globals(): time.sleep(0.05)\n"
    cell = await kernel.begin(code + LOOP + "print(json.dumps(collect(2)))")
    await page.serve(session, kernel.id)
    assert len(json.loads(await cell)) == 2


RESTARTS = {
    "restart": lambda kernel: kernel.manager.restart_kernel(now=True),
    "kill -9": lambda kernel: os.kill(kernel.manager.provisioner.pid, signal.SIGKILL),
}


@pytest.mark.parametrize("how", RESTARTS)
async def test_a_new_process_is_served_again(page, start_kernel, how):
    kernel = await start_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id, project="refinery")
    code = (
        "from cdf_auth import context; import os\nprint(context().project, os.getpid())"
    )
    project, before = (await kernel.run("get_token()\n" + code)).split()
    assert project == "refinery"
    done = RESTARTS[how](kernel)
    if asyncio.iscoroutine(done):
        await done
    await kernel.happened("restart")
    # The very first cell already finds the agent.
    project, after = (await kernel.run("get_token()\n" + code)).split()
    assert project == "refinery"
    assert before != after
