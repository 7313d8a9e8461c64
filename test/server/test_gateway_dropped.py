"""A gateway that drops what a cell publishes without pause, questions included."""

import pytest
from support.patience import until

pytestmark = [
    pytest.mark.gateway,
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

PRINTING = """
import threading
done = threading.Event()

def print_on():
    while not done.wait(0.02):
        print("x" * 100, flush=True)

printing = threading.Thread(target=print_on)
printing.start()
"""

#: Asks when nothing of the cell is sent any more.
ASKING = """
import pathlib, time
while not pathlib.Path({!r}).exists():
    time.sleep(0.02)
length = len(get_token(min_ttl=10**6, wait=30))
done.set()
printing.join()
"""


@pytest.fixture(scope="module")
def gateway_options():
    # Ten messages, until the kernel says that it is idle; the default is 3000.
    return {
        "ZMQChannelsWebsocketConnection.iopub_msg_rate_limit": 0.1,
        "ZMQChannelsWebsocketConnection.rate_limit_window": 100,
    }


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def test_a_question_that_is_dropped_is_answered(
    page, start_gateway_kernel, tmp_path
):
    kernel = await start_gateway_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id)
    await until(kernel.is_attached)
    go = tmp_path / "go"
    cell = await kernel.begin(PRINTING + ASKING.format(str(go)))
    await until(lambda: kernel.is_limited)
    go.touch()
    await cell
    assert await kernel.run("print(length > 100)") == "True\n"
