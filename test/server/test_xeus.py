"""The server serves kernels of xeus-python, which have another way to be spoken to."""

import asyncio
import json
from pathlib import Path

import pytest
import zmq.asyncio
from support.kernel_client import LOOP, claims
from support.patience import LIMIT, until

import jupyterlab_cdf_auth
from jupyterlab_cdf_auth import protocol, xeus
from jupyterlab_cdf_auth.zmq_transport import ZmqTransport

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

ENVIRONMENT = Path(__file__).parents[2] / ".cache" / "envs" / "kernel-xeus"
PACKAGE = Path(jupyterlab_cdf_auth.__file__).parent
HELLO = protocol.hello("h")
NEEDED = "xeus-python isn't installed: there is no wheel of it for this machine."


#: Asks and gets no answer.
ASKS = """
import sys, io
sys.stderr = io.StringIO()
try:
    get_token(wait=5)
except Exception as error:
    print(error.code)
"""


@pytest.fixture
def xpython(jp_data_dir):
    """Make the specification of a kernel, for this test only."""
    if not list(ENVIRONMENT.rglob("xpython_launcher.py")):
        pytest.skip(NEEDED)
    (python,) = [
        *ENVIRONMENT.glob("bin/python"),
        *ENVIRONMENT.glob("Scripts/python.exe"),
    ]
    argv = [str(python), "-m", "xpython_launcher", "-f", "{connection_file}"]

    def make(name, *arguments):
        folder = jp_data_dir / "kernels" / name
        folder.mkdir(parents=True)
        spec = {"argv": [*argv, *arguments], "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))
        return name

    return make


@pytest.fixture
def bootstrap():
    return json.loads((PACKAGE / "_agent.json").read_text())["bootstrap"]


@pytest.fixture
def transport(jp_serverapp, jp_asyncio_loop):
    """Return a function that makes a transport of a kernel, and closes it."""
    context = zmq.asyncio.Context()
    made = []

    def make(kernel):
        made.append(ZmqTransport(kernel.manager, context))
        made[-1].reopen()
        return made[-1]

    yield make
    for one in made:
        jp_asyncio_loop.run_until_complete(asyncio.wait(one.close()))
    context.destroy(linger=0)


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 4}


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


@pytest.fixture
def requested(monkeypatch):
    """Return the types of what transports have sent, in order."""
    kinds = []
    original = ZmqTransport._request  # noqa: SLF001

    def request(self, channel, kind, content, timeout):
        kinds.append(kind)
        return original(self, channel, kind, content, timeout)

    monkeypatch.setattr(ZmqTransport, "_request", request)
    return kinds


async def test_a_busy_cell_gets_fresh_tokens_also_after_a_restart(
    page, start_kernel, xpython, transport
):
    kernel = await start_kernel(name=xpython("xpython"))
    other = transport(kernel)
    session = await page.sign_in("bob@contoso.test")
    await page.serve(session, kernel.id, project="refinery")

    async def is_told():
        found = protocol.read_acknowledgement(await other.send(HELLO, LIMIT))
        return found and found.session

    # It is installed on shell only, so not ahead of a cell that comes at once.
    await until(is_told)
    tokens = json.loads(await kernel.run(LOOP + "print(json.dumps(collect(3)))"))
    assert len(set(tokens)) == 3
    assert {claims(one)["preferred_username"] for one in tokens} == {"bob@contoso.test"}
    await kernel.manager.restart_kernel(now=True)
    await kernel.happened("restart")
    # The very first cell already finds the agent.
    code = "token = get_token()\nimport cdf_auth\nprint(cdf_auth.context().project)"
    assert await kernel.run(code) == "refinery\n"


async def test_a_cell_that_runs_is_seen_though_the_server_believes_it_has_ended(
    start_kernel, xpython, transport, bootstrap
):
    kernel = await start_kernel(name=xpython("xpython"))
    reach = transport(kernel)
    asked, changed = asyncio.Queue(), asyncio.Queue()
    reach.on_received = asked.put_nowait
    reach.on_status = lambda: changed.put_nowait(reach.is_idle)
    assert protocol.read_acknowledgement(await reach.send(HELLO, LIMIT)) is None
    # It evaluates nothing on control, so it goes to shell.
    assert await reach.execute(bootstrap, "control", LIMIT) == "ok"
    cell = await kernel.begin(ASKS)
    question = protocol.read_request(await asyncio.wait_for(asked.get(), LIMIT))
    found = protocol.read_acknowledgement(await reach.send(HELLO, LIMIT))
    assert question.instance == found.instance
    await until(lambda: kernel.manager.execution_state == "idle")
    assert not reach.is_idle
    assert await cell == "token_timeout\n"
    await until(lambda: reach.is_idle)
    states = [changed.get_nowait() for _ in range(changed.qsize())]
    assert states[-2:] == [False, True]


async def test_a_raw_kernel_is_said_not_to_fit(
    start_kernel, xpython, transport, bootstrap
):
    kernel = await start_kernel(name=xpython("raw", "--raw"))
    reach = transport(kernel)
    assert protocol.read_acknowledgement(await reach.send(HELLO, LIMIT)) is None
    assert await reach.execute(bootstrap, "shell", LIMIT) == "kernel"


async def test_a_kernel_of_ipykernel_is_never_sent_a_completion(
    start_kernel, transport, bootstrap, requested
):
    reach = transport(await start_kernel())
    assert protocol.read_acknowledgement(await reach.send(HELLO, LIMIT)) is None
    assert await reach.execute(bootstrap, "control", LIMIT) == "ok"
    assert protocol.read_acknowledgement(await reach.send(HELLO, LIMIT)).ok
    assert requested == [
        *("comm_info_request", "kernel_info_request"),
        *("execute_request", "comm_info_request"),
    ]


@pytest.mark.parametrize("matches", [[], ["a", "b"], ["no JSON"], None, 1])
def test_what_is_completed_by_others_is_no_acknowledgement(matches):
    reply = xeus.unwrap({"status": "ok", "matches": matches})
    assert protocol.read_acknowledgement(reply) is None
    assert reply is not None
