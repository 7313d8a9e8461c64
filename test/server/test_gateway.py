"""What is so only behind a gateway; what is so everywhere is in test_kernels.py."""

import json

import pytest
from support.kernel_client import LOOP
from support.patience import until

from jupyterlab_cdf_auth.gateway_messages import Framing

pytestmark = [
    pytest.mark.gateway,
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 4}


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def test_an_interrupted_cell_leaves_the_kernel_served(
    page, start_gateway_kernel, tmp_path
):
    kernel = await start_gateway_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id)
    await until(kernel.is_attached)
    # Its input is published before it runs.
    runs = tmp_path / "runs"
    code = f"import pathlib, time\npathlib.Path({str(runs)!r}).touch()\n"
    cell = await kernel.begin(code + "time.sleep(600)")
    await until(runs.exists)
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
