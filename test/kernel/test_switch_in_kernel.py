"""A switch of project reaches cells by when they were submitted."""

import pytest
from support.dated_cells import AFTER, BEFORE, PROJECT, SINCE, WATCH
from support.subshell import Subshell


@pytest.fixture
def project(kernel, attached):
    """Return the kernel's project as a thread sees it, which no cell starts for."""
    kernel.run("import cdf_auth")

    def ask():
        kernel.execute_silently("said = cdf_auth.context().project")
        id_ = kernel.client.execute("", silent=True, user_expressions={"p": "said"})
        said = kernel.reply(id_)["user_expressions"]["p"]
        return said["data"]["text/plain"].strip("'")

    return ask


def test_an_idle_kernel_follows_when_it_has_settled(attached, project):
    assert project() == "plant-north"
    attached.select("south", since=SINCE, settled=False)
    assert project() == "plant-north"
    attached.select("south", since=SINCE, settled=True)
    assert project() == "south"


def test_so_does_one_that_was_running_when_the_agent_came(kernel, holder, bootstrap):
    cell = kernel.start_dated(
        "import time\n"
        "print('ready', flush=True)\n"
        "while 'cdf_auth' not in globals(): time.sleep(0.01)\n" + WATCH,
        BEFORE,
    )
    kernel.wait_for(cell, "ready")
    kernel.execute_on_control("", cdf_auth=bootstrap)
    holder.attach()
    kernel.execute_on_control("import cdf_auth")
    kernel.wait_for(cell, "plant-north")
    holder.select("south", since=SINCE)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    assert kernel.run(PROJECT).lines == ["south"]


@pytest.mark.parametrize("environment", ["kernel-ipykernel7"])
def test_a_subshell_changes_nothing_for_the_main_cell(kernel, attached, project):
    """Subshells came with ipykernel 7; their cells fire the same events."""
    cell = kernel.start_dated(WATCH, BEFORE)
    kernel.wait_for(cell, "plant-north")
    attached.select("south", since=SINCE, settled=True)
    beside = Subshell(kernel).start(PROJECT, date=AFTER)
    assert kernel.finish(beside).lines == ["plant-north"]
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


def test_blank_code_within_a_cell_ends_nothing(kernel, attached, project):
    """IPython tells of its end, though not of its start."""
    cell = kernel.start_dated("get_ipython().run_cell(' ')\n" + WATCH, BEFORE)
    kernel.wait_for(cell, "plant-north")
    attached.select("south", since=SINCE, settled=True)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    assert project() == "south"


def test_a_cell_that_is_broken_off_ends_too(kernel, attached, project):
    # An interrupt wakes no event loop that has nothing to do for long.
    cell = kernel.start(
        "import asyncio\n"
        "print('ready', flush=True)\n"
        "while True: await asyncio.sleep(0.05)"
    )
    kernel.wait_for(cell, "ready")
    kernel.interrupt()
    kernel.finish(cell)
    assert attached.hello()["running"] is False


#: Says whose tokens the cell gets.
WHO = """
try: print(cdf_auth.get_token() and cdf_auth.context().account, flush=True)
except cdf_auth.SignInRequired: print("nobody", flush=True)
"""
WAIT = """
import time
while "go" not in globals(): time.sleep(0.01)
"""


def test_who_signs_in_after_a_sign_out_has_nothing_that_was_started_before(
    kernel, attached, project, bootstrap
):
    """Neither the rest of the cell nor what is queued behind it works as Bob."""
    alice, bob = "alice@contoso.test", "bob@contoso.test"
    running = kernel.start_dated(WHO + WAIT + WHO, BEFORE)
    queued = [kernel.start_dated(WHO, BEFORE) for _ in range(3)]
    kernel.wait_for(running, alice)
    assert attached.say("bye", session=attached.session)["ok"]
    # With the last session the agent stops to listen; who signs in brings it again.
    kernel.execute_on_control("", cdf_auth=bootstrap)
    attached.hello()
    attached.select("south", session="s-2", account=bob, since=SINCE, settled=False)
    late = kernel.start_dated(WHO, AFTER)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(running).lines == ["nobody"]
    assert [kernel.finish(cell).lines for cell in queued] == [["nobody"]] * 3
    assert kernel.finish(late).lines == [bob]
    # "Whichever is selected" was asked by nobody: Bob's holder would have answered.
    assert {one["session"] for one in attached.questions} == {attached.session, "s-2"}


def test_who_signs_in_again_goes_on_in_the_middle_of_a_cell(
    kernel, attached, project, bootstrap
):
    alice = "alice@contoso.test"
    look = WHO + PROJECT
    running = kernel.start_dated(look + WAIT + look, BEFORE)
    kernel.wait_for(running, "plant-north")
    assert attached.say("bye", session=attached.session)["ok"]
    kernel.execute_on_control("", cdf_auth=bootstrap)
    attached.hello()
    attached.select("south", session="s-2", since=SINCE, settled=False)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(running).lines == [alice, "plant-north"]
    assert kernel.finish(kernel.start_dated(PROJECT, AFTER)).lines == ["south"]
