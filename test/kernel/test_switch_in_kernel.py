"""A switch of project reaches cells by when they were submitted."""

from datetime import datetime, timedelta, timezone

import pytest

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
SINCE = "2026-11-23T12:00:00.000Z"
BEFORE = NOON - timedelta(seconds=1)
AFTER = NOON + timedelta(seconds=1)

PROJECT = "import cdf_auth; print(cdf_auth.context().project)"
#: Says its project before and after the switch.
WATCH = """
import time
print(cdf_auth.context().project, flush=True)
while "go" not in globals():
    time.sleep(0.01)
print(cdf_auth.context().project)
del go
"""


@pytest.fixture
def project(kernel, attached):
    """Return the kernel's project as a thread sees it, which no cell starts for."""
    kernel.run("import cdf_auth")

    def ask():
        kernel.execute_silently("said = cdf_auth.context().project")
        reply = kernel.client.execute("", silent=True, user_expressions={"p": "said"})
        while True:
            message = kernel.client.get_shell_msg(timeout=30)
            if message["parent_header"]["msg_id"] == reply:
                data = message["content"]["user_expressions"]["p"]["data"]
                return data["text/plain"].strip("'")

    return ask


def test_an_idle_kernel_follows_when_it_has_settled(attached, project):
    assert project() == "plant-north"
    attached.select("south", since=SINCE, settled=False)
    assert project() == "plant-north"
    attached.select("south", since=SINCE, settled=True)
    assert project() == "south"


def test_the_next_cell_follows_at_once(kernel, attached, project):
    attached.select("south", since=SINCE, settled=False)
    cell = kernel.start_dated(PROJECT, AFTER)
    assert kernel.finish(cell).lines == ["south"]


def test_a_running_cell_keeps_its_project(kernel, attached, project):
    cell = kernel.start_dated(WATCH, BEFORE)
    kernel.wait_for(cell, "plant-north")
    attached.select("south", since=SINCE, settled=False)
    attached.select("south", since=SINCE, settled=True)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    assert project() == "south"


def test_so_does_one_that_was_running_when_the_agent_came(kernel, holder, bootstrap):
    cell = kernel.start_dated(
        "import time\n"
        "print('ready', flush=True)\n"
        "while 'cdf_auth' not in globals(): time.sleep(0.01)\n" + WATCH,
        BEFORE,
    )
    kernel.wait_for(cell, "ready")
    kernel.execute_on_control(bootstrap)
    holder.attach()
    kernel.execute_on_control("import cdf_auth")
    kernel.wait_for(cell, "plant-north")
    holder.select("south", since=SINCE)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    assert kernel.run(PROJECT).lines == ["south"]


def test_a_queued_run_keeps_its_project(kernel, attached, project):
    cells = [kernel.start_dated(WATCH, BEFORE)]
    cells += [kernel.start_dated(PROJECT, BEFORE) for _ in range(19)]
    kernel.wait_for(cells[0], "plant-north")
    attached.select("south", since=SINCE, settled=False)
    late = kernel.start_dated(PROJECT, AFTER)
    kernel.execute_on_control("go = 1")
    said = [kernel.finish(cell).lines for cell in cells]
    assert said == [["plant-north"]] * 20
    assert kernel.finish(late).lines == ["south"]


def test_a_thread_follows_and_a_pinned_context_does_not(kernel, attached, project):
    kernel.run("pinned = cdf_auth.context(); pinned.get_token(), get_token()")
    attached.select("south", session="s-2", account="bob@contoso.test")
    result = kernel.run(
        "print(get_token(), pinned.get_token(), pinned.account)\n"
        "print(cdf_auth.context().account)"
    )
    assert attached.questions[-1]["session"] == "s-2"
    current, first, *accounts = result.lines
    assert current != first
    assert accounts == ["alice@contoso.test", "bob@contoso.test"]
    # A pinned one is still renewed by its own session.
    kernel.run("pinned.get_token(min_ttl=10**6)")
    assert attached.questions[-1]["session"] == "s-1"


@pytest.mark.parametrize("environment", ["kernel-ipykernel7"])
def test_a_subshell_changes_nothing_for_the_main_cell(kernel, attached, project):
    """Subshells came with ipykernel 7; their cells fire the same events."""
    cell = kernel.start_dated(WATCH, BEFORE)
    kernel.wait_for(cell, "plant-north")
    attached.select("south", since=SINCE, settled=True)
    client = kernel.client
    create = client.session.msg("create_subshell_request", {})
    client.control_channel.send(create)
    reply = client.control_channel.get_msg(timeout=30)
    message = client.session.msg(
        "execute_request",
        {
            "code": PROJECT,
            "silent": False,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        },
    )
    message["header"]["subshell_id"] = reply["content"]["subshell_id"]
    message["header"]["date"] = AFTER
    client.shell_channel.send(message)
    assert kernel.finish(message["header"]["msg_id"]).lines == ["plant-north"]
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    assert project() == "south"


def test_a_cell_that_fails_ends_too(kernel, attached, project):
    kernel.run("1 / 0")
    assert attached.hello()["running"] is False
    kernel.run("await __import__('asyncio').sleep(0); 1 / 0")
    assert attached.hello()["running"] is False
    kernel.run("this is no Python")
    assert attached.hello()["running"] is False
