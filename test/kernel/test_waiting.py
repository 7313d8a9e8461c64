"""What get_token() does in each state, on a fake clock."""

import asyncio

import pytest
from cdf_auth import (
    DebuggerWaits,
    ForkedProcess,
    NoSession,
    SignInRequired,
    TokenRefused,
    TokenTimeout,
    VersionMismatch,
    WouldDeadlock,
)
from support.fake_clock import SCOPES, STORAGE


def test_nobody_ever_attached(world):
    start = world.clock.now
    with pytest.raises(NoSession) as caught:
        world.get_token()
    assert world.clock.now - start == 3
    assert "jupyterlab-cdf-auth" in str(caught.value)
    assert caught.value.code == "no_session"


def test_nobody_attached_and_less_patience(world):
    start = world.clock.now
    with pytest.raises(NoSession):
        world.get_token(wait=1)
    assert world.clock.now - start == 1


def test_a_holder_that_comes_in_time(world):
    def come():
        world.attach()
        world.answer_all()

    world.clock.at(2.5, come)
    assert world.get_token() == "token-1"


def test_signed_out(served):
    served.get_token()
    served.say("bye", session=None)
    start = served.clock.now
    with pytest.raises(SignInRequired):
        served.get_token()
    assert served.clock.now == start
    assert len(served.port.sent) == 1


def test_a_hello_alone_does_not_sign_in_again(served):
    served.say("bye", session=None)
    served.hello()
    with pytest.raises(SignInRequired):
        served.get_token()
    served.select()
    assert served.get_token() == "token-1"


def test_signing_out_ends_a_wait(world):
    world.attach()
    world.clock.at(5, lambda: world.say("bye", session="s-1"))
    start = world.clock.now
    with pytest.raises(SignInRequired):
        world.get_token()
    assert world.clock.now - start == 5


def test_signing_out_of_another_session_changes_nothing(served):
    served.say("bye", session="s-9")
    assert served.get_token() == "token-1"


def test_a_late_token_of_an_ended_session_is_not_taken_up(served):
    served.say("bye", session="s-1")
    served.deliver("late")
    assert "late" not in list(served.agent.held_tokens())


def test_greeted_but_not_signed_in_yet(world, capsys):
    world.hello()
    world.clock.at(100, world.answer_all)
    world.clock.at(99, world.select)
    assert world.get_token() == "token-1"
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "doesn't answer" in err


def test_a_silent_holder_is_asked_each_second_with_the_same_id(world):
    world.attach()
    world.clock.at(4.5, world.answer_all)
    world.get_token()
    sent = world.port.sent
    times = [one["sent"] - sent[0]["sent"] for one in sent]
    assert times == pytest.approx([0, 1, 2, 3, 4, 5], abs=0.01)
    assert len({one["id"] for one in sent}) == 1


def test_a_limit(world):
    world.attach()
    start = world.clock.now
    with pytest.raises(TokenTimeout) as caught:
        world.get_token(wait=7.25)
    assert world.clock.now - start == 7.25
    assert "7.25" in str(caught.value)
    # Nobody waits any more, so a late call asks anew.
    first = world.port.sent[0]["id"]
    with pytest.raises(TokenTimeout):
        world.get_token(wait=0)
    assert world.port.sent[-1]["id"] != first


def test_no_patience_at_all(world):
    world.attach()
    with pytest.raises(TokenTimeout):
        world.get_token(wait=0)
    assert len(world.port.sent) == 1


def test_a_pending_sign_in_is_said_once(world, capsys):
    world.attach()
    world.port.answer = lambda question: world.say(
        "waiting", id=question["id"], session=None, reason="sign_in_required"
    )
    with pytest.raises(TokenTimeout) as caught:
        world.get_token(wait=30)
    assert "sign-in is pending" in str(caught.value)
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "panel" in err


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("provider_unreachable", "the sign-in service doesn't answer yet"),
        ("secret_expired", "the profile gets no token (secret_expired)"),
        ("certificate_unusable", "the profile gets no token (certificate_unusable)"),
        ("blocked_by_policy", "a sign-in is needed"),
    ],
)
def test_whose_business_it_is_is_said(world, capsys, reason, said):
    world.attach()
    world.port.answer = lambda question: world.say(
        "waiting", id=question["id"], session=None, reason=reason
    )
    with pytest.raises(TokenTimeout):
        world.get_token(wait=30)
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"cdf_auth: {said}")


def test_a_quick_answer_says_nothing(served, capsys):
    served.get_token()
    assert capsys.readouterr().err == ""


def test_a_refusal(world):
    world.attach()
    world.port.answer = lambda question: world.say(
        "error",
        id=question["id"],
        session="s-1",
        code="consent_required",
        message="AADSTS65001: consent is missing.",
        action="Ask an administrator to grant it.",
    )
    with pytest.raises(TokenRefused) as caught:
        world.get_token()
    assert caught.value.code == "consent_required"
    assert "AADSTS65001" in str(caught.value)
    assert caught.value.action == "Ask an administrator to grant it."


def test_a_second_call_reads_what_is_held(served):
    assert served.get_token() == served.get_token() == "token-1"
    assert len(served.port.sent) == 1


def test_a_stale_token_is_renewed(served):
    served.get_token()
    served.clock.advance(3541)
    assert served.get_token() == "token-2"


def test_the_slot_holds_the_token_of_what_is_selected(served):
    token = served.get_token()
    assert served.slot.held.token is token
    served.get_token(STORAGE)
    assert served.slot.held.token is token
    served.select("s-2")
    assert served.slot.held.token == ""
    served.select("s-1")
    assert served.slot.held.token is token


def test_more_than_a_fresh_token_has(served):
    assert served.get_token(min_ttl=86400) == "token-1"
    assert [one["min_ttl"] for one in served.port.sent] == [86400]


def test_the_best_that_a_holder_has_is_given_though_it_is_short(served):
    served.answer_all(expires_in=10, lifetime=3600)
    assert served.get_token() == "token-1"
    # It is stale from the beginning, so the next call tries again.
    assert served.get_token() == "token-2"


def test_a_caller_that_wants_more_than_was_asked_asks_itself(world):
    world.attach()
    early = world.agent.join(world.agent.state.target(None, ()), None)

    def answer(question):
        # What was asked without a wish gets little.
        world.deliver(id_=question["id"], expires_in=question["min_ttl"] or 30)

    early.send_at += 1000
    world.clock.at(1, lambda: answer({"id": early.id, "min_ttl": None}))
    world.port.answer = answer
    assert world.get_token(min_ttl=500) == "token-2"
    assert [one["min_ttl"] for one in world.port.sent] == [500]


def test_a_token_that_nobody_asked_for_ends_a_wait(world):
    world.attach()
    world.clock.at(0.3, lambda: world.deliver("pushed"))
    assert world.get_token() == "pushed"


def test_scopes_are_asked_for_by_themselves(served):
    assert served.get_token(STORAGE) == "token-1"
    assert served.get_token() == "token-2"
    assert served.get_token(STORAGE) == "token-1"
    assert [one["scopes"] for one in served.port.sent] == [[STORAGE], list(SCOPES)]


def test_granted_scopes_may_be_named_otherwise(served):
    served.answer_all(scopes=["user_impersonation"])
    assert served.get_token(STORAGE) == "token-1"
    assert served.get_token(STORAGE) == "token-1"


def test_the_default_scopes_may_be_named(served):
    assert served.get_token() == served.get_token(*SCOPES)
    assert len(served.port.sent) == 1


def test_without_a_selection_the_holder_chooses(world):
    world.hello()
    world.answer_all()
    assert world.get_token() == "token-1"
    question = world.port.sent[0]
    assert question["session"] is None
    assert question["scopes"] == []


def test_a_switch_is_followed_without_a_pin_only(served):
    pinned = served.agent.context()
    served.get_token()
    served.select("s-2", project="south", account="bob@contoso.test")
    assert served.get_token() == "token-2"
    assert served.port.sent[-1]["session"] == "s-2"
    assert pinned.get_token() == "token-1"
    assert (pinned.project, served.agent.context().project) == ("north", "south")
    assert served.agent.context().account == "bob@contoso.test"


def test_a_switch_of_the_cluster_within_a_session(served):
    pinned = served.agent.context()
    other = "https://az-eastus-1.cognitedata.com/.default"
    assert served.get_token() == "token-1"
    served.select(cluster="az-eastus-1", scopes=[other])
    assert served.get_token() == "token-2"
    assert served.port.sent[-1]["scopes"] == [other]
    assert pinned.get_token() == "token-1"


def test_a_waiting_call_follows_a_switch(world):
    world.attach()
    world.clock.at(2, lambda: world.select("s-2"))
    world.clock.at(2.2, world.answer_all)
    world.get_token()
    assert world.port.sent[-1]["session"] == "s-2"


def test_a_token_of_another_session_answers_nothing(world):
    world.select("s-other", account="bob@contoso.test")
    world.attach()
    world.answer_all(session="s-other")
    with pytest.raises(TokenTimeout):
        world.get_token(wait=5)


def test_a_token_of_an_unknown_session_is_refused(world):
    world.attach()
    fields = {"scopes": list(SCOPES), "token": "t", "expires_in": 9, "lifetime": 9}
    fields |= {"sent": world.hello()["now"]}
    reply = world.say("token", id=None, session="s-strange", **fields)
    assert (reply["ok"], reply["code"]) == (False, "session")
    assert list(world.agent.held_tokens()) == []


def test_a_token_that_was_overtaken_changes_nothing(served):
    served.deliver("newer", expires_in=3600)
    served.deliver("older", expires_in=1800)
    assert served.get_token() == "newer"
    served.clock.advance(1)
    served.deliver("newest", expires_in=3600)
    assert served.get_token() == "newest"


def test_an_answer_counts_though_it_lives_shorter(served):
    served.deliver("long", expires_in=3600)
    served.answer_all(expires_in=1800)
    assert served.get_token(min_ttl=3601) == "token-1"
    assert served.get_token() == "token-1"


def test_tokens_and_sessions_are_not_kept_without_end(served):
    for number in range(1000):
        served.select(f"s-{number}", account=f"user-{number}")
        served.deliver(session=f"s-{number}", scopes=[f"scope-{number}"])
        served.say("bye", session=f"s-{number}")
        served.select(f"t-{number}", account=f"user-{number}")
        served.deliver(session=f"t-{number}", scopes=[f"scope-{number}"])
    state = served.agent.state
    assert len(state.tokens) <= 200
    assert len(state.sessions) <= 100
    assert state.sessions.ended <= 100


def test_only_a_holder_of_another_version(world):
    start = world.clock.now
    world.clock.at(1, lambda: world.agent.receive({"v": 2, "op": "hello"}))
    with pytest.raises(VersionMismatch) as caught:
        world.get_token()
    assert world.clock.now - start < 2
    assert caught.value.code == "version_mismatch"
    assert "pip install -U cdf-auth" in str(caught.value)
    # One of ours is enough.
    world.attach()
    world.answer_all()
    assert world.get_token() == "token-1"


def test_a_debugger_that_holds_the_answers_up(world):
    world.attach()
    world.clock.at(10, world.agent.debugger_starts)
    world.clock.at(10.5, world.agent.debugger_ends)
    world.clock.at(20, world.agent.debugger_starts)
    start = world.clock.now
    with pytest.raises(DebuggerWaits) as caught:
        world.get_token()
    assert 21 <= world.clock.now - start < 22
    assert caught.value.code == "debugger_waits"


def test_what_is_open_is_told_to_who_greets(world):
    world.attach()
    told = []
    world.clock.at(2.5, lambda: told.extend(world.hello()["open"]))
    world.clock.at(2.6, world.answer_all)
    world.get_token()
    assert [one["id"] for one in told] == [world.port.sent[0]["id"]]
    assert told[0] == {**world.port.sent[0], "sent": told[0]["sent"]}
    assert world.hello()["open"] == []


def test_a_context_waits_for_the_selection(world):
    world.hello()
    world.clock.at(10, world.attach)
    world.clock.at(10, world.answer_all)
    assert world.agent.context().project == "north"


def test_a_context_hides_its_session(served):
    assert "s-1" not in repr(served.agent.context())
    with pytest.raises(AttributeError):
        served.agent.context().project = "other"


def test_a_forked_child_reads_but_does_not_ask(served):
    token = served.get_token()
    served.agent.forked_child()
    assert served.get_token() is token
    with pytest.raises(ForkedProcess):
        served.get_token(STORAGE)


def test_the_thread_that_delivers_cannot_wait(served):
    token = served.get_token()
    served.port.is_control_thread = True
    assert served.get_token() is token
    with pytest.raises(WouldDeadlock):
        served.get_token(STORAGE)


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        ((1,), {}, TypeError),
        (("",), {}, ValueError),
        (("s",) * 33, {}, ValueError),
        ((), {"min_ttl": "60"}, TypeError),
        ((), {"min_ttl": True}, TypeError),
        ((), {"min_ttl": -1}, ValueError),
        ((), {"wait": float("nan")}, ValueError),
        ((), {"min_ttl": 10**400}, ValueError),
    ],
)
def test_arguments_that_mean_nothing(served, arguments, options, error):
    with pytest.raises(error):
        served.get_token(*arguments, **options)
    assert served.port.sent == []


@pytest.mark.parametrize(
    "message",
    [
        "token",
        {"v": 2, "op": "bye", "session": None},
        {"v": 1, "op": "bye", "instance": "other", "session": None},
        {"v": 1, "op": "bye", "session": None},
        {"v": 1, "op": "gift", "session": None},
    ],
)
def test_a_malformed_message_changes_nothing(served, message):
    token = served.get_token()
    assert served.agent.receive(message)["ok"] is False
    assert served.get_token() is token
    assert served.agent.has_sessions


def test_async(served):
    assert asyncio.run(served.agent.get_token_async(())) == "token-1"


def test_async_time_out(world):
    world.attach()
    with pytest.raises(TokenTimeout):
        asyncio.run(world.agent.get_token_async((), wait=3))


def test_a_token_that_comes_between_looking_and_asking(served):
    key = served.agent.state.target(None, ())
    assert served.agent.state.look(key, None) is None
    served.deliver()
    assert served.agent.join(key, None) is None
