"""A machine that sleeps."""

import os
import signal
import sys
from contextlib import contextmanager
from threading import Timer
from time import sleep

import pytest
from support.real_kernel import SLOW

situation = pytest.mark.situation

pytestmark = [
    pytest.mark.takes_time,
    pytest.mark.skipif(
        sys.platform == "win32", reason="Windows can't stop a process for a while"
    ),
]


def stop(process):
    """Stop it, and wait until all of it stands still."""
    os.kill(process, signal.SIGSTOP)
    os.waitpid(process, os.WUNTRACED)


@contextmanager
def holder_asleep(kernel, holder, seconds):
    """Let both sleep for `seconds`, as in a laptop; then the kernel wakes first.

    Both clocks of the kernel go on meanwhile. In a real sleep the monotonic one stops:
    that is for tests on a fake clock.
    """
    process = kernel.manager.provisioner.pid
    holder.sleep()
    stop(process)
    try:
        sleep(seconds)
    finally:
        os.kill(process, signal.SIGCONT)
    yield
    holder.wake()


BETWEEN_CALLS = """
import time
from cdf_auth import get_token
print(get_token(), flush=True)
while "go" not in globals():
    time.sleep(0.01)
del go
print(get_token())
"""


@situation("longer than a token lives, between two calls: the next gets a fresh one")
def test_between_two_calls(kernel, attached):
    attached.lifetime = 2
    cell = kernel.start(BETWEEN_CALLS)
    first = kernel.finish(cell, until="\n").stdout
    with holder_asleep(kernel, attached, attached.lifetime):
        kernel.execute_on_control("go = 1")
    second = kernel.finish(cell).stdout
    assert "secret" in first
    assert "secret" in second
    assert first != second
    assert len(attached.ids) == 2


IN_A_WAIT = """
import time
from cdf_auth import get_token
first = get_token()
while (second := get_token()) == first:
    time.sleep(0.01)
print(first, second)
"""


@situation("the same in the middle of a wait: one line on stderr, and the cell goes on")
def test_in_the_middle_of_a_wait(kernel, attached):
    def give_one(question):
        attached.give_token(question)
        attached.policy = attached.be_silent

    attached.lifetime = 1
    attached.policy = give_one
    cell = kernel.start(IN_A_WAIT)
    first, second, *_ = attached.wait_for_questions(2)
    with holder_asleep(kernel, attached, 2 * attached.lifetime):
        said = kernel.finish(cell, until="asking again")
        greeting = attached.hello()
        attached.policy = attached.give_token
    result = kernel.finish(cell)
    assert said.stderr == SLOW
    assert greeting["running"] is True
    assert [one["id"] for one in greeting["open"]] == [second["id"]]
    old, new = result.lines
    assert "secret" in old
    assert "secret" in new
    assert old != new
    assert result.stderr == ""
    assert attached.ids == {first["id"], second["id"]}


@situation("longer than a token lives, during its delivery: the cell gets a newer one")
def test_in_the_middle_of_a_delivery(kernel, attached):
    process = kernel.manager.provisioner.pid
    replies = []

    def give_one_late(question):
        attached.policy = attached.give_token
        stop(process)
        Timer(2 * attached.lifetime, os.kill, (process, signal.SIGCONT)).start()
        replies.append(attached.give_token(question))

    attached.lifetime = 2
    attached.policy = give_one_late
    result = kernel.run("print(get_token())")
    assert [(one["ok"], one.get("code")) for one in replies] == [(False, "late")]
    assert "secret-2" in result.stdout
    assert len(attached.ids) == 1
