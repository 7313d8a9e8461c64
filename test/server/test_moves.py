"""A page's session is moved to the server."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest
from support.demo_process import approve
from support.kernel_client import claims
from support.patience import LIMIT, until
from support.session_client import context_of
from support.tab_holder import SESSION, TabHolder

import jupyterlab_cdf_auth

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

PACKAGE = Path(jupyterlab_cdf_auth.__file__).parent
BOOTSTRAP = json.loads((PACKAGE / "_agent.json").read_text())["bootstrap"]
ALICE, BOB = "alice@contoso.test", "bob@contoso.test"

#: Every call is a question, from the main thread and pinned from another one; ends
#: when both have had tokens of the server twice.
CELL = """
import json
from concurrent.futures import ThreadPoolExecutor
from cdf_auth import context

pinned, tokens, failures = context(), [], []
print("ready", flush=True)
with ThreadPoolExecutor() as pool:
    while len({one for one in tokens if one.startswith("ey")}) < 2:
        try:
            tokens.append(str(get_token(min_ttl=3.5)))
            tokens.append(str(pool.submit(pinned.get_token, min_ttl=3.6).result()))
        except Exception as error:
            failures.append(repr(error))
print(json.dumps([tokens, failures, context().project]))
"""


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 4}


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


@pytest.fixture
def tab(demo, start_kernel, jp_asyncio_loop):
    """Return a kernel and the tab that answers it as alice."""

    async def open_tab():
        kernel = await start_kernel()
        tab = TabHolder(kernel, demo.connection, ALICE)
        await tab.open(BOOTSTRAP)
        return kernel, tab

    kernel, tab = jp_asyncio_loop.run_until_complete(open_tab())
    yield kernel, tab
    jp_asyncio_loop.run_until_complete(tab.close())


def replacing(account=ALICE, object_id=None, session=SESSION):
    return {
        "session": session,
        "account": {"username": account, "objectId": object_id},
    }


async def move(page, demo, account=ALICE, **replaces):
    """Ask for a code that moves alice's session, and let `account` use it."""
    body = {"connection": demo.connection, "replaces": replacing(**replaces)}
    pending = await page.call("POST", "", body, 201)
    assert pending["replaces"] == SESSION
    await approve(pending["device"], account)
    return await page.ended(pending, "active", "failed")


async def name(page, session, *kernels, **context):
    told = context_of(session["connection"], project="plant-north", **context)
    body = {"kernels": kernels, "context": told}
    return await page.call("PUT", f"{session['id']}/kernels", body)


async def name_until_heard(page, session, *kernels):
    """Name them as a page does: until all have acknowledged the move."""

    async def all_have_heard():
        return (await name(page, session, *kernels))["unheard"] == []

    await until(all_have_heard)


async def test_a_busy_cell_goes_on_when_the_tab_is_closed(page, demo, tab):
    kernel, tab = tab
    cell = await kernel.begin(CELL)
    await tab.wait_for_questions(4)
    session = await move(page, demo)
    await name_until_heard(page, session, kernel.id)
    await tab.close()
    output = await asyncio.wait_for(cell, LIMIT)
    tokens, failures, project = json.loads(output.splitlines()[-1])
    assert failures == []
    assert project == "plant-north"
    first = next(i for i, one in enumerate(tokens) if one.startswith("ey"))
    assert first >= 4
    names = {claims(one)["preferred_username"] for one in tokens[first:]}
    assert names == {ALICE}


async def test_so_it_does_with_an_agent_that_does_not_know_the_message(page, demo, tab):
    kernel, tab = tab
    await kernel.run(
        "from cdf_auth import _protocol; del _protocol._READERS['replace']"
    )
    cell = await kernel.begin(CELL)
    await tab.wait_for_questions(2)
    session = await move(page, demo)
    # The page has to go on answering while it is open.
    assert (await name(page, session, kernel.id))["unheard"] == [kernel.id]
    await tab.close()
    output = await asyncio.wait_for(cell, LIMIT)
    tokens, failures, _ = json.loads(output.splitlines()[-1])
    assert failures == []
    assert claims(tokens[-1])["preferred_username"] == ALICE


async def test_the_kernel_follows_the_new_session_and_stays_in_its_project(
    page, demo, tab
):
    kernel, tab = tab
    session = await move(page, demo)
    await name_until_heard(page, session, kernel.id)
    assert (await tab.greet())["session"] == session["id"]
    await tab.close()
    said = "import cdf_auth; print(cdf_auth.context().project, str(get_token())[:2])"
    assert await kernel.run(said) == "plant-north ey\n"


async def test_another_holders_newer_choice_stays_selected(page, demo, tab):
    kernel, tab = tab
    cell = await kernel.begin(CELL)
    session = await move(page, demo)
    chosen = tab.context_of("2026-01-01", account=BOB)
    await tab.say("context", session="another-tab", **chosen)
    await name_until_heard(page, session, kernel.id)
    await tab.close()
    tokens, failures, _ = json.loads((await cell).splitlines()[-1])
    assert failures == []
    assert claims(tokens[-1])["preferred_username"] == ALICE
    account = "import cdf_auth; print(cdf_auth.context().account)"
    assert await kernel.run(account) == f"{BOB}\n"


async def test_nor_does_it_change_where_the_server_served_the_kernel_before(
    page, demo, tab
):
    """As another account, which another tab has taken the kernel from since."""
    kernel, tab = tab
    bob = await page.sign_in(BOB)
    await page.serve(bob, kernel.id)
    await tab.say("context", session="another-tab", **tab.context_of("2026-01-01"))
    session = await move(page, demo)
    await name_until_heard(page, session, kernel.id)
    account = "import cdf_auth; print(cdf_auth.context().account)"
    assert await kernel.run(account) == "carol@contoso.test\n"


async def test_signing_out_ends_what_was_moved(page, demo, tab):
    kernel, _ = tab
    session = await move(page, demo)
    await name_until_heard(page, session, kernel.id)
    await page.call("DELETE", session["id"], status=204)
    code = """
import cdf_auth
try:
    get_token()
except cdf_auth.CdfAuthError as error:
    print(error.code)
"""
    assert await kernel.run(code) == "sign_in_required\n"


async def test_somebody_else_moves_nothing(page, demo, tab):
    kernel, tab = tab
    session = await move(page, demo, BOB)
    assert session["status"] == "failed"
    assert session["account"] is None
    assert session["problem"]["code"] == "other_account"
    assert ALICE in session["problem"]["message"]
    assert BOB in session["problem"]["message"]
    body = {"kernels": [kernel.id], "context": context_of(demo.connection)}
    refusal = await page.call("PUT", f"{session['id']}/kernels", body, 409)
    assert refusal["code"] == "not_signed_in"
    assert (await tab.greet())["session"] == SESSION


async def test_the_same_name_of_another_person_moves_nothing(page, demo):
    session = await move(page, demo, object_id="00000000-0000-0000-0000-000000000000")
    assert (session["status"], session["problem"]["code"]) == (
        "failed",
        "other_account",
    )


async def test_the_object_id_is_that_of_the_id_token(page, demo, start_kernel):
    kernel = await start_kernel()
    await page.serve(await page.sign_in(ALICE), kernel.id)
    alice = claims(await kernel.run("print(str(get_token()))"))
    session = await move(page, demo, object_id=alice["oid"])
    assert session["status"] == "active"


async def test_a_silent_kernel_is_told_when_it_answers_again(
    page, demo, tab, start_kernel
):
    kernel, _ = tab
    silent = await start_kernel(path="silent.ipynb")
    session = await move(page, demo)
    process = silent.manager.provisioner.pid
    os.kill(process, signal.SIGSTOP)
    try:
        await name_until_heard(page, session, kernel.id)
        told = await name(page, session, kernel.id, silent.id, "no-such-kernel")
        assert told["unheard"] == [silent.id]
    finally:
        os.kill(process, signal.SIGCONT)

    await name_until_heard(page, session, kernel.id, silent.id)


@pytest.mark.parametrize(
    "replaces",
    [
        "s",
        {"session": "s"},
        {"session": "../s", "account": {"username": ALICE}},
        {"session": "s", "account": {"username": ""}},
        {"session": "s", "account": {"username": "a\nb"}},
        {"session": "s", "account": {"username": ALICE, "objectId": 3}},
    ],
)
async def test_what_makes_no_sense(page, demo, replaces):
    body = {"connection": demo.connection, "replaces": replaces}
    assert (await page.call("POST", "", body, 400))["code"] == "bad_request"


async def test_a_renewal_replaces_no_other(page, demo):
    body = {
        "connection": demo.connection,
        "session": "server-0",
        "replaces": replacing(),
    }
    assert (await page.call("POST", "", body, 400))["code"] == "bad_request"
