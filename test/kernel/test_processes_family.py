"""A child's agent asks its kernel's, and is told what changes."""

import asyncio
import threading
from time import monotonic

import pytest
from cdf_auth import (
    CdfAuthError,
    NoSession,
    ParentGone,
    SignInRequired,
    TokenRefused,
    TokenTimeout,
    VersionMismatch,
    errors,
)
from support.fake_clock import SCOPES, STORAGE
from support.family import wait_until


def test_a_token_comes_from_the_kernel_and_is_kept(served_family):
    child = served_family.child()
    assert child.get_token(()) == "token-1"
    assert child.get_token(()) == served_family.get_token() == "token-1"
    assert len(served_family.port.sent) == 1


def test_the_cached_read_is_the_kernels(served_family):
    """Both have the same deadlines, or many children would ask one by one."""
    child = served_family.child()
    child.get_token(())
    ours, its = served_family.slot.held, child.state.tokens["s-1", SCOPES]
    assert its.fresh == pytest.approx(ours.fresh, abs=1)
    assert its.ends - its.fresh == pytest.approx(ours.ends - ours.fresh, abs=0.1)


@pytest.mark.parametrize("lifetime", [2, 100, 3600])
def test_the_margin_is_the_kernels(family, lifetime):
    family.attach()
    family.answer_all(expires_in=lifetime / 2, lifetime=lifetime)
    child = family.child()
    child.get_token(())
    ours, its = family.slot.held, child.state.tokens["s-1", SCOPES]
    assert its.ends - its.fresh == pytest.approx(ours.ends - ours.fresh)


def test_scopes_and_time_to_live_are_handed_on(served_family):
    served_family.child().get_token((STORAGE,), min_ttl=120)
    asked = served_family.port.sent[-1]
    assert (asked["scopes"], asked["min_ttl"]) == ([STORAGE], 120)


def test_a_context_comes_from_the_kernel(served_family):
    context = served_family.child().context()
    assert (context.project, context.account) == ("north", "alice@contoso.test")
    assert context.get_token() == "token-1"


def test_a_switch_reaches_the_child(served_family):
    child = served_family.child()
    pinned = child.context()
    served_family.select("s-2", "south", account="bob@contoso.test")
    wait_until(lambda: child.context().project == "south")
    child.get_token(())
    assert served_family.port.sent[-1]["session"] == "s-2"
    pinned.get_token(min_ttl=3590)
    assert len(served_family.port.sent) == 2


def test_a_sign_out_reaches_the_child_at_once(served_family):
    child = served_family.child()
    child.get_token(())
    served_family.say("bye", session=None)
    wait_until(lambda: not child.has_sessions)
    assert list(child.held_tokens()) == []
    with pytest.raises(SignInRequired):
        child.get_token(())


def test_a_child_that_comes_after_the_sign_out(served_family):
    served_family.say("bye", session=None)
    with pytest.raises(SignInRequired):
        served_family.child().get_token(())


def test_a_new_sign_in_serves_what_was_pinned_before(served_family):
    child = served_family.child()
    pinned = child.context()
    served_family.select("s-2")
    wait_until(lambda: child.state.switch.current.session == "s-2")
    assert pinned.get_token(min_ttl=3590) == "token-2"
    assert served_family.port.sent[-1]["session"] == "s-2"


def test_nobody_attached(family):
    started = monotonic()
    with pytest.raises(NoSession):
        family.child().get_token(())
    assert monotonic() - started > 2.9


@pytest.fixture
def pending(family):
    """Return a child that waits for a sign-in, its thread, and what it will be given.

    It has asked, and been told what it waits for.
    """
    family.attach()
    family.port.answer = lambda question: family.say(
        "waiting", id=question["id"], session=None, reason="sign_in_required"
    )
    child, given = family.child(), []

    def ask():
        try:
            given.append(child.get_token(()))
        except CdfAuthError as error:
            given.append(error.code)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: any(one.reason for one in child.state.questions.all()))
    yield child, thread, given
    child.fail(NoSession())
    thread.join()


def test_a_limit_and_its_reason(capsys, pending):
    child, *_ = pending
    [question] = child.state.questions.all()
    with pytest.raises(TokenTimeout, match="sign-in is pending"):
        child.get_token((), wait=0, pin=question.key)
    # Of all who wait, the kernel alone says so.
    assert capsys.readouterr().err.count("sign-in is needed") == 1


def test_a_wait_ends_with_the_sign_in(family, pending):
    _, thread, given = pending
    family.deliver("after-the-sign-in")
    thread.join()
    assert given == ["after-the-sign-in"]


def test_async(served_family):
    assert asyncio.run(served_family.child().get_token_async(())) == "token-1"


@pytest.mark.parametrize(
    "error",
    [
        errors.SignInRequired(),
        errors.NoSession(),
        errors.DebuggerWaits(),
        errors.VersionMismatch(1, 2),
        errors.TokenRefused("consent_required", "AADSTS65001: no.", "Ask."),
    ],
    ids=lambda one: one.code,
)
def test_an_error_is_raised_again_as_the_same(family, error):
    family.attach()
    family.port.obstacle = lambda: error
    with pytest.raises(CdfAuthError) as caught:
        family.child().get_token(())
    assert type(caught.value) is type(error)
    assert caught.value.args == error.args


def test_an_error_that_this_version_does_not_know(family):
    family.attach()
    family.port.obstacle = lambda: type("New", (CdfAuthError,), {})("new", "A.", "B.")
    with pytest.raises(CdfAuthError) as caught:
        family.child().get_token(())
    assert str(caught.value) == "A. B. [new]"
    assert type(errors.named("Newer", "new", "A.", "B.")) is TokenRefused


def test_a_fault_of_the_kernel_is_an_error_of_the_child(family):
    family.attach()
    family.port.obstacle = lambda: 1 / 0
    with pytest.raises(CdfAuthError) as caught:
        family.child().get_token(())
    assert caught.value.code == "parent_failed"
    assert "ZeroDivisionError" in str(caught.value)


def test_many_threads_of_many_children_ask_once(family):
    family.attach()
    children, given = [family.child() for _ in range(10)], []
    threads = [
        threading.Thread(target=lambda child=child: given.append(child.get_token(())))
        for child in children
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: family.agent.state.questions.all()[:1])
    # Those that don't know the session yet ask for whichever is selected.
    wait_until(lambda: family.agent.state.questions.all()[0].waiters >= 10)
    family.deliver()
    for thread in threads:
        thread.join()
    assert given == ["token-1"] * 200
    assert len({one["id"] for one in family.port.sent}) == 1


def test_what_a_child_does_not_wait_for_is_not_asked_any_more(
    family, pending, monkeypatch
):
    child, thread, given = pending
    wait_until(family.agent.state.questions.all)
    child.fail(NoSession())
    thread.join()
    assert given == ["no_session"]
    monkeypatch.setattr("cdf_auth._child._PATIENCE", 0)
    wait_until(lambda: not family.agent.state.questions.all())


def test_a_kernel_that_ends_is_noticed_at_once(served_family):
    child = served_family.child()
    token = child.get_token(())
    served_family.port.answer = lambda question: served_family.end()
    with pytest.raises(ParentGone) as caught:
        child.get_token((STORAGE,))
    assert caught.value.code == "parent_gone"
    assert child.get_token(()) is token
    assert not served_family.folder.exists()
    with pytest.raises(ParentGone):
        child.get_token((STORAGE,))


def test_a_kernel_of_another_version(served_family, monkeypatch):
    child = served_family.child()
    monkeypatch.setattr("cdf_auth._child._protocol.VERSION", 2)
    with pytest.raises(VersionMismatch):
        child.get_token(())
