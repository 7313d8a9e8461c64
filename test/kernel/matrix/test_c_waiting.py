"""When there is no token."""

import pytest
from support.debugger import Debugger

situation = pytest.mark.situation
takes_time = pytest.mark.takes_time

#: A call that says how long it took, in seconds, and what it raised.
TIMED = """
from time import monotonic
from cdf_auth import get_token
started = monotonic()
try:
    get_token({arguments})
except BaseException as error:
    print(type(error).__name__, monotonic() - started)
"""


def timed(result):
    error, seconds = result.lines
    return error, float(seconds)


@situation("signed out: `SignInRequired` at once")
def test_signed_out(kernel, attached):
    attached.say("bye", session=None)
    # One that had to wait would raise `TokenTimeout`.
    error, _ = timed(kernel.run(TIMED.format(arguments="wait=0")))
    assert error == "SignInRequired"
    assert attached.ids == set()


@takes_time
@situation("nobody ever attached: `NoSession` after three seconds")
def test_nobody_attached(lonely, bootstrap):
    lonely.execute_silently(bootstrap)
    error, seconds = timed(lonely.run(TIMED.format(arguments="")))
    assert error == "NoSession"
    assert seconds > 2.9


@takes_time
@situation("a silent holder is asked again, with one line on stderr")
def test_a_silent_holder(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start("from cdf_auth import get_token; print(get_token())")
    said = kernel.finish(cell, until="doesn't answer")
    attached.wait_for_questions(3)
    attached.deliver()
    result = kernel.finish(cell)
    assert "secret" in result.stdout
    assert said.stderr.count("\n") == 1
    assert result.stderr == ""
    assert len(attached.ids) == 1


@situation("a silent holder and a limit: `TokenTimeout` after `wait` seconds")
def test_a_limit(kernel, attached):
    attached.policy = attached.be_silent
    result = kernel.run(TIMED.format(arguments="wait=0.3"))
    error, seconds = timed(result)
    assert error == "TokenTimeout"
    assert seconds >= 0.3
    assert result.stderr == ""


@situation("an interrupt ends a wait at once")
def test_an_interrupt(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start(TIMED.format(arguments=""))
    asked = attached.wait_for_questions(1)
    kernel.interrupt()
    # Nothing else would end it.
    error, _ = timed(kernel.finish(cell))
    assert error == "KeyboardInterrupt"
    # The question is let go: the next call opens another.
    attached.policy = attached.give_token
    assert "secret" in kernel.run("print(get_token())").stdout
    assert attached.questions[-1]["id"] != asked[0]["id"]


@situation("an interrupt ends an async wait")
def test_an_interrupt_of_an_async_wait(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start("from cdf_auth import *\nawait get_token_async()")
    attached.wait_for_questions(1)
    kernel.interrupt()
    error = kernel.finish(cell).error
    assert error.startswith(("KeyboardInterrupt", "CancelledError"))
    attached.policy = attached.give_token
    assert "secret" in kernel.run("print(await get_token_async())").stdout


@situation("a sign-in is needed: one line on stderr, and the cell goes on after it")
def test_a_sign_in_is_needed(kernel, attached):
    attached.policy = lambda question: attached.say(
        "waiting", id=question["id"], session=None, reason="sign_in_required"
    )
    cell = kernel.start("from cdf_auth import get_token; print(get_token())")
    said = kernel.finish(cell, until="panel")
    assert said.stderr.count("\n") == 1
    attached.deliver()
    result = kernel.finish(cell)
    assert "secret" in result.stdout
    assert result.stderr == ""


DEBUGGED = """\
from cdf_auth import get_token
before = get_token()
print(before != get_token(min_ttl=10**6))
"""


@pytest.fixture
def debugger(spoiled, holder, bootstrap):
    spoiled.execute_silently(bootstrap)
    holder.attach()
    return Debugger(spoiled, holder)


@situation("a debugger's evaluate: a cached token, else why not within two seconds")
def test_a_debugger(spoiled, holder, debugger):
    cell = debugger.start(DEBUGGED, stop_at=3)
    cached = debugger.evaluate("get_token() == before")
    assert cached["body"]["result"] == "True", cached
    refused = debugger.evaluate("get_token(min_ttl=10**6)")
    assert refused["success"] is False
    assert "DebuggerWaits" in refused["message"]
    assert "while the debugger evaluates" in refused["message"]
    debugger.go_on()
    assert spoiled.finish(cell).lines == ["True"]
    # The cell alone has asked: the evaluation failed at once, and waited for nothing.
    assert len(holder.ids) == 2
