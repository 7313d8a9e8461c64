"""A new sign-in of the same account goes on where the old one stopped."""

import pytest
from cdf_auth import SignInRequired, TokenTimeout
from cdf_auth._fields import parse_date

ALICE = "alice@contoso.test"


@pytest.fixture
def running(served):
    """Return an agent in the middle of a cell, which has a token of `s-1`."""
    served.agent.cell_starts("cell", None)
    served.get_token()
    return served


def asked(world):
    return world.port.sent[-1]["session"]


def test_in_a_running_cell(running):
    running.select("s-2", settled=False)
    assert running.get_token(min_ttl=3601) == "token-2"
    assert asked(running) == "s-2"


def test_whatever_is_selected_with_it(running):
    """A page that has just been opened may not know the project yet."""
    running.select("s-2", project=None, settled=False)
    assert running.get_token(min_ttl=3601) == "token-2"
    assert asked(running) == "s-2"
    assert running.agent.context().project == "north"


def test_a_wait_goes_on(running):
    running.port.answer = lambda question: None
    running.clock.at(60, lambda: running.select("s-2"))
    running.clock.at(61, running.answer_all)
    assert running.get_token(min_ttl=3601) == "token-2"
    assert asked(running) == "s-2"


def test_a_pinned_context_goes_on(running):
    pinned = running.agent.context()
    running.agent.cell_ends()
    running.select("s-2", project="south")
    assert pinned.get_token(min_ttl=3601) == "token-2"
    assert asked(running) == "s-2"
    assert pinned.project == "north"


def test_after_a_sign_out(running):
    pinned = running.agent.context()
    running.say("bye", session="s-1")
    with pytest.raises(SignInRequired):
        pinned.get_token()
    running.select("s-2")
    assert pinned.get_token() == "token-2"


def sign_out(world):
    world.say("bye", session="s-1")
    with pytest.raises(SignInRequired):
        world.get_token()


@pytest.mark.parametrize("session", ["s-1", "s-2"])
def test_a_running_cell_goes_on_after_a_sign_out(running, session):
    sign_out(running)
    running.select(session, project="south", settled=False)
    assert running.get_token() == "token-2"
    assert asked(running) == session
    assert running.agent.context().project == "north"
    assert running.hello()["session"] == session


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize(
    "other", [{"account": "bob@contoso.test"}, {"connection": "Fabrikam"}]
)
def test_but_not_as_somebody_else(running, other, settled):
    sign_out(running)
    running.select("s-2", **other, settled=settled)
    assert running.hello()["session"] == "s-2"
    running.deliver(session="s-2")
    for call in (running.get_token, running.agent.context):
        with pytest.raises(SignInRequired):
            call()
    # Nobody else was asked whether he would answer.
    assert {one["session"] for one in running.port.sent} == {"s-1"}
    running.agent.cell_ends()
    running.agent.cell_starts("later", parse_date("2026-11-23T10:00:00.000Z"))
    assert running.agent.context().account == other.get("account", ALICE)
    assert running.get_token(min_ttl=3601) == "token-3"


def test_somebody_else_who_signs_out_again_changes_nothing(running):
    sign_out(running)
    running.select("s-2", account="bob@contoso.test", settled=False)
    running.say("bye", session="s-2")
    running.select("s-3", settled=False)
    assert running.get_token() == "token-2"
    assert asked(running) == "s-3"


def test_where_nobody_was_signed_in_the_first_one_ends_a_wait_in_the_cell(world):
    world.hello()
    world.agent.cell_starts("cell", None)
    world.clock.at(5, lambda: world.select(settled=False))
    world.clock.at(6, world.answer_all)
    assert world.get_token() == "token-1"
    assert world.agent.context().project == "north"


def test_the_old_session_again(running):
    running.select("s-2")
    running.select("s-1")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-1"


def test_its_sign_out_is_that_of_all_that_it_took_the_place_of(running):
    pinned = running.agent.context()
    running.select("s-2")
    running.say("bye", session="s-2")
    for call in (running.get_token, pinned.get_token):
        with pytest.raises(SignInRequired):
            call()


@pytest.mark.parametrize(
    "other", [{"account": "bob@contoso.test"}, {"connection": "Fabrikam"}]
)
def test_another_account_is_a_switch(running, other):
    running.select("s-2", **other)
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-1"
    running.agent.cell_ends()
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-2"


def test_an_account_without_a_name_is_nobodys_heir(world):
    world.hello()
    world.select("s-1", account="")
    world.agent.cell_starts("cell", None)
    world.select("s-2", account="")
    with pytest.raises(TokenTimeout):
        world.get_token(wait=0)
    assert asked(world) == "s-1"
