"""Which kernels get tokens, and whose."""

import asyncio
import json
from pathlib import Path
from time import sleep

import pytest
from support.demo_process import approve
from support.kernel_client import ServerKernel, claims
from support.patience import LIMIT, until

import jupyterlab_cdf_auth
from jupyterlab_cdf_auth import CdfAuth
from jupyterlab_cdf_auth.zmq_transport import ZmqTransport

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

PACKAGE = Path(jupyterlab_cdf_auth.__file__).parent
ALICE, BOB = "alice@contoso.test", "bob@contoso.test"
ACCOUNT = "import cdf_auth; print(cdf_auth.context().account)"
OUTCOME = """
import cdf_auth
try:
    print(str(cdf_auth.get_token(wait={wait}))[:2])
except cdf_auth.CdfAuthError as error:
    print(error.code)
"""


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def bring_agent(kernel):
    """Let a kernel have the agent, as a browser would have brought it."""
    bootstrap = json.loads((PACKAGE / "_agent.json").read_text())["bootstrap"]
    await kernel.run(bootstrap)


async def test_signing_out_is_told_to_the_kernels(page, start_kernel):
    kernel = await start_kernel()
    session = await page.sign_in()
    await page.serve(session, kernel.id)
    assert await kernel.run(OUTCOME.format(wait=10)) == "ey\n"
    await page.call("DELETE", session["id"], status=204)
    # At once, and not only when the token has expired.
    assert await kernel.run(OUTCOME.format(wait=10)) == "sign_in_required\n"


async def test_a_kernel_that_was_not_named_gets_nothing(page, start_kernel):
    named, other = await start_kernel(), await start_kernel(path="other.ipynb")
    session = await page.sign_in()
    await page.serve(session, named.id)
    await bring_agent(other)
    # It knows the session's id, and greets as if it had been served.
    stolen = """
from cdf_auth._install import agent
print(agent().receive({"v": 1, "op": "hello", "holder": "x"})["ok"])
"""
    await other.run(stolen)
    assert await other.run(OUTCOME.format(wait=2)) == "token_timeout\n"
    assert (await page.call("GET", session["id"]))["kernels"] == 1


async def test_a_kernel_without_a_jupyter_session_is_not_served(
    page, jp_serverapp, jp_fetch, jp_asyncio_loop
):
    answer = await jp_fetch("api", "kernels", method="POST", body="{}")
    kernel = ServerKernel(jp_serverapp, json.loads(answer.body)["id"])
    session = await page.sign_in()
    assert (await page.serve(session, kernel.id))["kernels"] == 0
    assert await kernel.run("print('get_token' in globals())") == "False\n"
    await kernel.close()


async def test_kernels_that_do_not_exist_are_left_out(page):
    session = await page.sign_in()
    assert (await page.serve(session, "no-such-kernel", "another"))["kernels"] == 0


async def test_a_kernel_that_is_shut_down_is_left(page, start_kernel, jp_fetch):
    kernel = await start_kernel()
    session = await page.sign_in()
    assert (await page.serve(session, kernel.id))["kernels"] == 1
    await jp_fetch("api", "kernels", kernel.id, method="DELETE")
    assert (await page.call("GET", session["id"]))["kernels"] == 0


async def test_without_a_context_a_session_only_answers(page, start_kernel):
    kernel = await start_kernel()
    session = await page.sign_in()
    body = {"kernels": [kernel.id], "context": None}
    await page.call("PUT", f"{session['id']}/kernels", body)
    # A question that names no session: this one is the only one there is.
    assert await kernel.run(OUTCOME.format(wait=20)) == "ey\n"


async def test_a_switch_is_told_and_pins_stay(page, start_kernel):
    kernel = await start_kernel()
    bob, alice = await page.sign_in(BOB), await page.sign_in(ALICE)
    await page.serve(bob, kernel.id)
    code = "import cdf_auth; pinned = cdf_auth.context(); print(pinned.account)"
    assert await kernel.run(code) == f"{BOB}\n"
    await page.serve(alice, kernel.id, project="plant-north")
    await until(lambda: has_account(kernel, ALICE))
    token = await kernel.run("print(str(pinned.get_token()))")
    assert claims(token)["preferred_username"] == BOB
    token = await kernel.run("print(str(get_token()))")
    assert claims(token)["preferred_username"] == ALICE


async def has_account(kernel, account):
    return await kernel.run(ACCOUNT) == f"{account}\n"


async def test_an_ended_session_makes_cells_wait_until_the_renewal(
    page, demo, start_kernel, monkeypatch
):
    kernel = await start_kernel()
    session = await page.sign_in(BOB)
    await page.serve(session, kernel.id)
    await kernel.run("get_token()")
    await demo.revoke(BOB)
    an_hour_later = CdfAuth.clock.monotonic() + 3600
    monkeypatch.setattr(CdfAuth.clock, "monotonic", lambda: an_hour_later)
    cell = await kernel.begin("print(str(get_token(min_ttl=10**6)))")
    await page.ended(session, "ended")
    renewal = {"connection": demo.connection, "session": session["id"]}
    pending = await page.call("POST", "", renewal, 201)
    await approve(pending["device"], BOB)
    assert claims(await cell)["preferred_username"] == BOB
    assert "a sign-in is needed" in kernel.printed


FLOOD = """
import pathlib
from cdf_auth._kernel import KernelPort
from IPython import get_ipython
port = KernelPort(get_ipython().kernel)
for number in range(5000):
    port.send({{
        "v": 1, "op": "token", "id": f"q{{number % 7}}", "instance": "x" * 16,
        "session": None, "scopes": [], "min_ttl": None, "sent": 0, "timeout": 1,
    }})
pathlib.Path({!r}).touch()
"""


class Turns:
    """Counts what is read in each turn of the event loop, and what is asked for it."""

    def __init__(self, monkeypatch):
        #: Messages, by turn; the last one is that of now.
        self.read = [0]
        self.requests = 0
        on_published = ZmqTransport._on_published  # noqa: SLF001
        request = ZmqTransport._request  # noqa: SLF001

        def read(transport, parts):
            self.read[-1] += 1
            on_published(transport, parts)

        def ask(transport, *arguments):
            self.requests += 1
            return request(transport, *arguments)

        monkeypatch.setattr(ZmqTransport, "_on_published", read)
        monkeypatch.setattr(ZmqTransport, "_request", ask)

    async def pass_by(self):
        while True:
            if self.read[-1]:
                self.read.append(0)
            await asyncio.sleep(0)


async def test_thousands_of_questions_disturb_nobody(
    page, start_kernel, monkeypatch, tmp_path
):
    turns = Turns(monkeypatch)
    noisy, quiet = await start_kernel(), await start_kernel(path="quiet.ipynb")
    session = await page.sign_in()
    await page.serve(session, noisy.id, quiet.id)
    await noisy.run("get_token()")
    sent, asked = tmp_path / "sent", turns.requests
    passing = asyncio.ensure_future(turns.pass_by())
    flood = await noisy.begin(FLOOD.format(str(sent)))
    # The server does nothing meanwhile, so that as many as can be wait for it.
    while not sent.exists():
        sleep(0.02)  # noqa: ASYNC251 - see above
    assert await quiet.run(OUTCOME.format(wait=LIMIT)) == "ey\n"
    await flood
    await until(lambda: sum(turns.read) > 900)
    passing.cancel()
    assert max(turns.read) < 100
    assert turns.requests - asked < sum(turns.read) / 20
    assert await noisy.run(OUTCOME.format(wait=LIMIT)) == "ey\n"
