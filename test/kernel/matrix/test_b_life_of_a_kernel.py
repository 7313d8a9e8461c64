"""The life of a kernel."""

from pathlib import Path

import pytest

situation = pytest.mark.situation

TOKEN = "from cdf_auth import get_token; print(get_token())"
WAITING = """
import time
print("ready", flush=True)
while "go" not in globals():
    time.sleep(0.01)
del go
"""


def assert_works(kernel):
    assert "secret" in kernel.run(TOKEN).stdout


@situation("the agent is the one that was installed, or was injected")
def test_where_it_comes_from(kernel, attached, column):
    code = "from importlib.metadata import *; import cdf_auth; print(cdf_auth.__file__)"
    [file] = kernel.run(code).lines
    is_installed = column.way == "installed"
    is_brought = Path(file).parts[-5:-3] == ("cache", "cdf-auth")
    assert is_brought != is_installed
    found = kernel.run("print(version('cdf-auth'))")
    assert bool(found.lines) == is_installed
    assert is_installed or found.error.startswith("PackageNotFoundError")


@situation("attached in the middle of a cell")
def test_attached_while_busy(fresh, holder, bootstrap):
    cell = fresh.start(WAITING + TOKEN)
    fresh.wait_for(cell, "ready")
    assert holder.hello() is None
    fresh.execute_on_control("", cdf_auth=bootstrap)
    assert holder.hello()["running"] is True
    holder.select()
    fresh.execute_on_control("go = 1")
    assert "secret" in fresh.finish(cell).stdout


@pytest.fixture
def installed_only(column):
    if column.way == "injected":
        pytest.skip("Without the package there is nothing to ask with.")


@situation("a cell that asks before anybody has come")
def test_asking_first(installed_only, ungreeted, holder):
    holder.policy = holder.be_silent
    cell = ungreeted.start(TOKEN)
    # Its question is how a holder learns of it.
    holder.wait_for_questions(1)
    holder.policy = holder.give_token
    holder.attach()
    assert "secret" in ungreeted.finish(cell).stdout


@situation("restarted")
def test_restart(kernel, attached, bootstrap):
    first = attached.instance
    kernel.restart()
    assert attached.hello() is None
    kernel.execute_silently(bootstrap)
    attached.attach()
    assert attached.instance != first
    assert_works(kernel)


@situation("killed with `kill -9` and started again")
def test_kill(kernel, attached, bootstrap):
    kernel.run(TOKEN)
    # By its answer the holder has heard that its delivery arrived, too.
    first = attached.hello()["instance"]
    kernel.kill()
    assert attached.hello() is None
    kernel.execute_silently(bootstrap)
    attached.attach()
    assert attached.instance != first
    assert_works(kernel)


@situation("signing out reaches a running cell at once")
def test_bye(kernel, attached):
    cell = kernel.start(TOKEN + WAITING + "get_token()")
    kernel.wait_for(cell, "ready")
    attached.say("bye", session=None)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).error.startswith("SignInRequired")


@situation("signing out ends a wait")
def test_bye_in_a_wait(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start(TOKEN)
    attached.wait_for_questions(1)
    attached.say("bye", session=None)
    assert kernel.finish(cell).error.startswith("SignInRequired")


@situation("signing in again")
def test_signing_in_again(kernel, attached, bootstrap):
    attached.say("bye", session=None)
    kernel.execute_silently(bootstrap)
    attached.session += "-again"
    attached.attach()
    assert_works(kernel)


@situation("a JupyterLab of another protocol version: it is said which side to update")
def test_another_version(ungreeted, holder, bootstrap):
    ungreeted.execute_silently(bootstrap)
    reply = holder.send({"v": 2, "op": "hello", "holder": "h"})["cdf_auth"]
    assert (reply["ok"], reply["code"]) == (False, "version")
    error = ungreeted.run(TOKEN).error
    assert error.startswith("VersionMismatch")
    assert "pip install -U cdf-auth" in error
