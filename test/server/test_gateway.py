"""The server serves kernels that a gateway keeps."""

import json
import os
import signal

import pytest
from kernel_client import LOOP, claims
from patience import until

from jupyterlab_cdf_auth.gateway_messages import Framing

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


@pytest.fixture
def jp_server_config(jp_server_config, gateway_config):
    return {**jp_server_config, "GatewayClient": gateway_config}


async def test_a_busy_cell_gets_fresh_tokens(page, start_gateway_kernel):
    kernel = await start_gateway_kernel()
    session = await page.sign_in("bob@contoso.test")
    assert (await page.serve(session, kernel.id))["kernels"] == 1
    await until(kernel.is_attached)
    output = await kernel.run(LOOP + "print(json.dumps(collect(4)))")
    tokens = json.loads(output)
    assert len(set(tokens)) == 4
    assert {claims(one)["preferred_username"] for one in tokens} == {"bob@contoso.test"}


async def test_a_cell_that_runs_already_is_served(page, start_gateway_kernel):
    kernel = await start_gateway_kernel()
    session = await page.sign_in()
    code = "import time\nwhile 'get_token' not in globals(): time.sleep(0.05)\n"
    cell = await kernel.begin(code + LOOP + "print(json.dumps(collect(2)))")
    await page.serve(session, kernel.id)
    assert len(json.loads(await cell)) == 2


async def test_a_kernel_that_is_restarted_is_served_again(page, start_gateway_kernel):
    kernel = await start_gateway_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id, project="refinery")
    await until(kernel.is_attached)
    project, before = (await kernel.run(WHERE)).split()
    assert project == "refinery"
    await kernel.restart()
    # This client's connection is new, and can be ahead of the server's by a moment.
    await until(kernel.is_attached)
    project, after = (await kernel.run(WHERE)).split()
    assert project == "refinery"
    assert before != after


async def test_a_killed_process_is_followed_by_one_that_is_served(
    page, start_gateway_kernel
):
    kernel = await start_gateway_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id, project="refinery")
    await until(kernel.is_attached)
    project, before = (await kernel.run(WHERE)).split()
    os.kill(int(before), signal.SIGKILL)
    await kernel.dies()
    await until(kernel.is_attached)
    project, after = (await kernel.run(WHERE)).split()
    assert project == "refinery"
    assert before != after


async def test_an_interrupted_cell_leaves_the_kernel_served(page, start_gateway_kernel):
    kernel = await start_gateway_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id)
    await until(kernel.is_attached)
    cell = await kernel.begin("import time\ntime.sleep(600)")
    await kernel.interrupt()
    assert "KeyboardInterrupt" in await cell
    assert (
        len(json.loads(await kernel.run(LOOP + "print(json.dumps(collect(2)))"))) == 2
    )


async def test_a_page_that_goes_at_once_leaves_no_connection(
    start_gateway_kernel, jp_ws_fetch
):
    kernel = await start_gateway_kernel()
    channels = ("api", "kernels", kernel.id, "channels")
    for _ in range(3):
        page = await jp_ws_fetch(*channels, params={"session_id": "of-the-page"})
        page.close()
    page = await jp_ws_fetch(*channels, params={"session_id": "of-the-page"})
    await page.write_message(Framing().write("shell", "kernel_info_request", {})[1])
    while "kernel_info_reply" not in await page.read_message():
        pass
    # The other one is that of this test.
    await until(lambda: kernel.has_connections(2))
    page.close()
    await until(lambda: kernel.has_connections(1))
