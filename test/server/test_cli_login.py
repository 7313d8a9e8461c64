"""What `jupyter cdf-auth login` chooses, says and does at the server."""

import asyncio
import json
from contextlib import closing

import pytest
from support.demo_process import decline
from support.session_fixtures import QuickClock

from jupyterlab_cdf_auth import CdfAuth
from jupyterlab_cdf_auth.cli.api import Api
from jupyterlab_cdf_auth.cli.servers import running
from jupyterlab_cdf_auth.cli.sign_in import sign_in
from jupyterlab_cdf_auth.cli.terminal import Terminal

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

ALICE, BOB = "alice@contoso.test", "bob@contoso.test"
WEST, EAST = ["--cluster", "westeurope-1"], ["--cluster", "az-eastus-1"]
CONTEXT = """
import cdf_auth
context = cdf_auth.context()
print(context.account, context.project)
"""

REFUSED = """
import cdf_auth
try:
    cdf_auth.get_token(wait=10)
except cdf_auth.CdfAuthError as error:
    print(error.code)
"""


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def test_a_named_kernel_is_served_and_no_other(command, page, start_kernel):
    named, other = await start_kernel(), await start_kernel(path="other.ipynb")
    code, out, err = await command.login(
        BOB, *WEST, "--project", "refinery", "--kernel", "job.ipynb"
    )
    assert (code, err) == (0, "")
    assert named.id in out
    assert other.id not in out
    assert await named.run(CONTEXT) == f"{BOB} refinery\n"
    [session] = (await page.call("GET"))["sessions"]
    assert session["kernels"] == 1


async def test_without_a_kernel_it_says_how_to_name_one(command, page, start_kernel):
    kernel = await start_kernel()
    code, out, err = await command.login(BOB, *EAST)
    assert (code, err) == (0, "")
    assert "none is served" in out
    assert kernel.id in out
    assert "--kernel" in out
    [session] = (await page.call("GET"))["sessions"]
    assert session["kernels"] == 0


async def test_where_nothing_runs_it_says_so(command):
    code, out, _ = await command.login(BOB, *EAST, "--all")
    assert code == 0
    assert "No kernel of this server has a Jupyter session yet" in out


async def test_a_kernel_started_later_needs_no_second_sign_in(
    command, page, start_kernel
):
    first = await start_kernel()
    _, out, _ = await command.login(ALICE, *WEST, "--project", "plant-south", "--all")
    assert "Kernels that are started later aren't served" in out
    later = await start_kernel(path="later.ipynb")
    # The connection has another project, but what is served keeps what was chosen.
    code, out, err = await command("login", *WEST, "--all")
    assert (code, err) == (0, "")
    assert f"{ALICE}) is signed in" in out
    assert await first.run(CONTEXT) == f"{ALICE} plant-south\n"
    assert await later.run(CONTEXT) == f"{ALICE} plant-north\n"
    assert len((await page.call("GET"))["sessions"]) == 1
    # A project that is named is for all of them.
    await command("login", *WEST, "--all", "--project", "plant-south")
    assert await later.run(CONTEXT) == f"{ALICE} plant-south\n"


async def test_a_project_is_never_guessed(command, start_kernel):
    kernel = await start_kernel()
    # The configured one is not among Bob's.
    code, out, _ = await command.login(BOB, *WEST, "--all")
    assert code == 0
    assert "no project" in out
    assert "plant-south" in out
    assert "refinery" in out
    assert "--project" in out
    assert await kernel.run(CONTEXT) == f"{BOB} None\n"
    assert await kernel.run("print(str(get_token())[:2])") == "ey\n"
    code, _, err = await command("login", *WEST, "--all", "--project", "plant-north")
    assert code == 1
    assert f'{BOB} has no project "plant-north"' in err
    assert "plant-south, refinery" in err


async def test_an_ended_sign_in_is_renewed_by_the_same_account(
    command, page, demo, start_kernel, monkeypatch
):
    kernel = await start_kernel()
    await command.login(BOB, *WEST, "--project", "refinery", "--all")
    [before] = (await page.call("GET"))["sessions"]
    await demo.revoke(BOB)
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 3600)
    code, out, err = await command.login(BOB, *WEST, "--all")
    assert (code, err) == (0, "")
    assert "has ended, and is renewed" in out
    [after] = (await page.call("GET"))["sessions"]
    assert (after["id"], after["status"]) == (before["id"], "active")
    assert await kernel.run(CONTEXT) == f"{BOB} refinery\n"


async def test_ctrl_c_at_a_renewal_leaves_the_session_to_its_kernels(
    command, page, demo, monkeypatch, jp_serverapp
):
    session = await page.sign_in(BOB)
    await demo.revoke(BOB)
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 3600)
    inspect = {"baseUrl": demo.connection["baseUrl"]}
    await page.call("POST", f"{session['id']}/inspect", inspect, 409)

    def interrupt(_):
        raise KeyboardInterrupt

    def renew():
        body = {"connection": demo.connection, "session": session["id"]}
        with (
            closing(Api(running()[0])) as api,
            pytest.raises(KeyboardInterrupt),
        ):
            sign_in(api, Terminal(), body, interrupt)

    await asyncio.to_thread(renew)
    [left] = (await page.call("GET"))["sessions"]
    assert left["id"] == session["id"]
    assert left["account"]["username"] == BOB


async def test_a_name_cannot_steer_the_terminal(command, start_kernel):
    await start_kernel(path="a\x1b]0;title\x07\x1b[2J.ipynb")
    _, out, _ = await command.login(BOB, *EAST)
    assert "a�]0;title��[2J.ipynb" in out
    assert "\x1b" not in out


async def test_declined(command, page):
    async def say_no(device):
        await decline(device, BOB)

    code, _, err = await command.login(say_no, *WEST)
    assert code == 1
    assert "The sign-in was declined. AADSTS65004" in err
    assert "Start the sign-in again" in err
    assert (await page.call("GET"))["sessions"] == []


async def test_expired(command, page, monkeypatch):
    async def come_late(device):
        clock = CdfAuth.clock
        monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 901)

    code, _, err = await command.login(come_late, *WEST)
    assert code == 1
    assert "The code has expired" in err
    assert (await page.call("GET"))["sessions"] == []


@pytest.mark.parametrize(
    ("arguments", "said", "listed"),
    [
        (
            [],
            "several connections",
            ["Contoso · westeurope-1", "Contoso · az-eastus-1"],
        ),
        (["--connection", "No such"], "no connection of this name", ["az-eastus-1"]),
        ([*WEST, "--kernel", "none.ipynb"], 'the notebook "none.ipynb"', []),
        (
            [*WEST, "--project", "a b"],
            "can't be the name of a project",
            ["underscores"],
        ),
        ([*WEST, "--session", "server-0"], "has no session server-0", ["status"]),
    ],
)
async def test_what_is_not_clear_is_asked_before_any_sign_in(
    command, page, arguments, said, listed
):
    code, out, err = await command("login", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert all(one in err for one in listed)
    assert (await page.call("GET"))["sessions"] == []


async def test_one_of_several_sessions_has_to_be_named(command, page, start_kernel):
    kernel = await start_kernel()
    bob, alice = await page.sign_in(BOB), await page.sign_in(ALICE)
    code, _, err = await command("login", *WEST, "--all")
    assert code == 2
    assert bob["id"] in err
    assert alice["id"] in err
    arguments = ["--session", bob["id"], "--project", "refinery", "--all"]
    code, _, err = await command("login", *WEST, *arguments)
    assert (code, err) == (0, "")
    assert await kernel.run(CONTEXT) == f"{BOB} refinery\n"


async def test_a_kernel_that_cannot_be_served_is_told(
    command, start_kernel, jp_serverapp, monkeypatch
):
    kernel = await start_kernel()
    spec = kernel.manager.kernel_spec
    monkeypatch.setattr(spec, "language", "R")
    code, out, _ = await command.login(
        BOB, *WEST, "--project", "refinery", "--kernel", kernel.id[:8]
    )
    assert code == 1
    assert "can't be served" in out
    assert "ipykernel 6.29 or newer" in out


async def test_status_and_logout(command, page, start_kernel):
    code, out, _ = await command("status")
    assert code == 1
    assert "Nobody is signed in." in out

    kernel = await start_kernel()
    await command.login(BOB, *WEST, "--project", "refinery", "--all")
    [session] = (await page.call("GET"))["sessions"]
    code, out, _ = await command("status")
    assert code == 0
    assert f"Bob Example ({BOB})" in out
    assert "Contoso · westeurope-1" in out
    assert "job.ipynb" in out
    code, out, _ = await command("status", "--json")
    [server] = json.loads(out)["servers"]
    assert code == 0
    assert server["problem"] is None
    [told] = server["sessions"]
    assert told["account"] == BOB
    assert told["kernels"] == [
        {"id": kernel.id, "notebooks": ["job.ipynb"], "state": "attached"}
    ]

    other = await page.sign_in(ALICE)
    code, _, err = await command("logout")
    assert code == 2
    assert other["id"] in err
    code, out, _ = await command("logout", "--session", session["id"])
    assert code == 0
    assert f"{BOB}) is signed out" in out
    assert kernel.id in out
    assert await kernel.run(REFUSED) == "sign_in_required\n"
    assert [one["id"] for one in (await page.call("GET"))["sessions"]] == [other["id"]]
    code, out, _ = await command("logout", "--all")
    assert code == 0
    assert ALICE in out
    code, out, _ = await command("logout")
    assert (code, out) == (0, "Nobody is signed in.\n")


async def test_a_pending_sign_in_is_called_off_by_logout(command, page):
    await page.start()
    code, out, _ = await command("logout")
    assert code == 0
    assert "called off" in out
    assert (await page.call("GET"))["sessions"] == []


async def test_status_of_a_sign_in_that_has_ended_is_a_problem(
    command, page, demo, monkeypatch
):
    session = await page.sign_in(BOB)
    await demo.revoke(BOB)
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 3600)
    body = {"baseUrl": demo.connection["baseUrl"]}
    await page.call("POST", f"{session['id']}/inspect", body, 409)
    code, out, _ = await command("status")
    assert code == 1
    assert "AADSTS50173" in out
    assert "Sign in again" in out


async def test_the_servers_token_is_never_shown(command, jp_serverapp, start_kernel):
    await start_kernel()
    written = [
        await command.login(BOB, *WEST, "--all"),
        await command("status"),
        await command("status", "--json"),
        await command("logout"),
    ]
    token = jp_serverapp.identity_provider.token
    assert token
    assert not any(token in out + err for _, out, err in written)
