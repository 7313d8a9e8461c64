"""What counts as an activity, for which kernels and servers are kept running."""

import json
import logging

import pytest
from support.patience import until

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def test_deliveries_to_an_idle_kernel_are_none(
    page, start_kernel, jp_fetch, caplog
):
    caplog.set_level(logging.DEBUG)
    kernel = await start_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id)
    noted = f"activity on {kernel.id}: "

    async def last_activity():
        answer = await jp_fetch("api", "kernels", kernel.id)
        return json.loads(answer.body)["last_activity"]

    def times_idle():
        """Count what Jupyter's watch of the kernel has seen since the cell's output."""
        later = caplog.text.partition(f"{noted}display_data")[2]
        return later.count(f"{noted}status (idle)")

    assert "True" in await kernel.run("print(len(get_token()) > 100); display(1)")
    await until(lambda: times_idle() == 1)
    before = await last_activity()
    for number in range(1, 4):
        await page.serve(session, kernel.id, project=f"plant-{number}")
        # A switch is told at once, and again when the kernel has settled.
        await until(lambda told=1 + 2 * number: times_idle() >= told)
    assert await last_activity() == before
    code = "import cdf_auth; print(cdf_auth.context().project)"
    assert await kernel.run(code) == "plant-3\n"
    assert await last_activity() > before


async def test_an_open_page_that_asks_for_the_sessions_is_none(jp_fetch, jp_serverapp):
    async def ask(**parameters):
        await jp_fetch("cdf-auth", "sessions", params=parameters)
        return jp_serverapp.web_app.last_activity()

    before = jp_serverapp.web_app.last_activity()
    assert await ask(no_track_activity=1) == before
    assert await ask() > before
