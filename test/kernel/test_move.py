"""A sign-in that is moved to another holder: nothing that runs notices."""

import pytest
from cdf_auth import SignInRequired, TokenTimeout

BOB = "bob@contoso.test"


@pytest.fixture
def running(served):
    """Return an agent in the middle of a cell, which has a token of `s-1`."""
    served.agent.cell_starts("cell", None)
    served.get_token()
    return served


def move(world, session="s-2", *replaces, account="alice@contoso.test"):
    reply = world.say(
        "replace", session=session, replaces=list(replaces or ["s-1"]), account=account
    )
    assert reply["ok"], reply


def asked(world):
    return world.port.sent[-1]["session"]


def test_a_running_cell_asks_the_new_session(running):
    move(running)
    assert running.get_token(min_ttl=3601) == "token-2"
    assert asked(running) == "s-2"


def test_a_token_of_the_old_one_is_used_while_it_is_good(running):
    move(running)
    running.port.answer = lambda question: None
    assert running.get_token(wait=0) == "token-1"
    assert running.slot.held.token == "token-1"


def test_tokens_of_other_apis_are_used_too(running):
    storage = "https://storage.azure.com/.default"
    token = running.get_token(storage)
    move(running)
    assert running.get_token(storage) == token
    assert len(running.port.sent) == 2


def test_a_token_of_the_old_one_takes_no_later_ones_place(running):
    running.select("s-2", account=BOB)
    running.deliver("later", session="s-2", expires_in=4000)
    running.select("s-2")
    move(running)
    assert running.get_token() == "later"


def test_a_wait_goes_on(running):
    running.port.answer = lambda question: None
    running.clock.at(60, lambda: move(running))
    running.clock.at(61, running.answer_all)
    assert running.get_token(min_ttl=3601) == "token-2"
    assert asked(running) == "s-2"


def test_a_token_that_was_asked_of_the_old_one_still_serves(running):
    running.port.answer = lambda question: None

    def deliver():
        question = running.port.sent[-1]
        move(running)
        running.deliver("on-its-way", id_=question["id"])

    running.clock.at(1, deliver)
    assert running.get_token(min_ttl=3601) == "on-its-way"


def test_pinned_contexts_follow(running):
    pinned = running.agent.context()
    running.agent.cell_ends()
    running.select("b-1", account=BOB)
    move(running)
    assert pinned.get_token(min_ttl=3601) == "token-2"
    assert asked(running) == "s-2"
    running.get_token()
    assert asked(running) == "b-1"


def test_nothing_is_selected_by_it(running):
    running.select("b-1", "south", account=BOB, settled=False)
    move(running)
    assert running.agent.context().project == "north"
    assert running.hello()["session"] == "b-1"


def test_a_holder_that_greets_is_told_the_new_session(running):
    since = running.hello()["since"]
    move(running)
    told = running.hello()
    assert (told["session"], told["since"]) == ("s-2", since)


@pytest.mark.parametrize("settled", [False, True])
def test_a_project_that_is_chosen_afterwards_waits_for_the_cells_end(running, settled):
    move(running)
    running.select("s-2", "south", settled=settled)
    assert running.agent.context().project == "north"
    running.agent.cell_ends()
    if settled:
        assert running.agent.context().project == "south"


def test_whatever_connection_the_old_one_was_told_with(running):
    running.select("s-2", connection="Contoso, other cluster")
    move(running)
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-2"


@pytest.mark.parametrize("account", [BOB, "alice"])
def test_another_account_replaces_nobody(running, account):
    move(running, account=account)
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-1"


def test_the_case_of_a_name_doesnt_matter(running):
    move(running, account="Alice@Contoso.test")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-2"


def test_a_session_without_an_account_cant_be_replaced(world):
    world.hello()
    world.select("s-1", account="")
    move(world)
    with pytest.raises(TokenTimeout):
        world.get_token(wait=0)
    assert asked(world) == "s-1"


def test_one_that_was_never_told_is_none_of_this_kernels_business(running):
    move(running, "s-2", "s-0")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-1"
    running.select("s-0")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-0"


def test_moved_twice(running):
    move(running)
    move(running, "s-3", "s-2")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-3"


def test_moved_again_after_another_sign_in(running):
    move(running)
    running.select("t-2", connection="Fabrikam")
    running.agent.cell_ends()
    move(running, "s-3", "t-2", "s-2")
    pinned = running.agent.context()
    for call in (running.get_token, pinned.get_token):
        call(min_ttl=3601)
        assert asked(running) == "s-3"


def test_told_again_it_undoes_nothing(running):
    move(running)
    move(running, "s-3", "s-2")
    move(running)
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-3"


def test_moved_to_and_fro(running):
    move(running)
    move(running, "s-1", "s-2")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-1"
    move(running, "s-2", "s-1")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-2"


def test_to_itself(running):
    move(running, "s-1", "s-1")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-1"


def test_a_duplicated_page_doesnt_take_the_kernel_back(running):
    move(running)
    running.agent.cell_ends()
    running.select("s-1", "south")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-2"
    assert running.agent.context().project == "south"


def test_nor_does_its_sign_out_end_anything(running):
    move(running)
    running.say("bye", session="s-1")
    running.get_token(min_ttl=3601)
    assert asked(running) == "s-2"


def test_the_sign_out_of_the_new_one_is_that_of_the_old_one(running):
    pinned = running.agent.context()
    move(running)
    running.say("bye", session="s-2")
    assert list(running.agent.held_tokens()) == []
    for call in (running.get_token, pinned.get_token):
        with pytest.raises(SignInRequired):
            call()


def test_nothing_is_moved_to_what_has_ended(running):
    move(running)
    running.say("bye", session="s-2")
    move(running)
    with pytest.raises(SignInRequired):
        running.get_token()


def test_after_the_sign_out_the_old_id_is_one_like_any_other(running):
    move(running)
    running.say("bye", session="s-2")
    running.select("s-1")
    running.get_token()
    assert asked(running) == "s-1"


def test_a_lost_server_session_has_heirs_like_any_other(running):
    """The server was restarted; the same person signs in in the browser."""
    move(running)
    running.select("t-2")
    running.get_token(min_ttl=3601)
    assert asked(running) == "t-2"


def test_child_processes_follow(served_family):
    child = served_family.child()
    pinned = child.context()
    child.get_token(())
    move(served_family)
    for call in (child.get_token, pinned.get_token):
        args = ((),) if call == child.get_token else ()
        call(*args, min_ttl=3601)
        assert asked(served_family) == "s-2"
