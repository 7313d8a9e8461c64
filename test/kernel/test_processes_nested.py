"""A kernel that comes from another one, and to which a holder of its own may come."""

import asyncio
import threading
import time

import pytest
from cdf_auth import ParentGone, SignInRequired
from cdf_auth._clock import SystemClock
from cdf_auth._parent import Link
from support.fake_clock import SCOPES, STORAGE, FakePort, World
from support.family import wait_until
from support.real_kernel import LIMIT

VAULT = "https://vault.azure.net/.default"

#: Whom the holder of its own has signed in.
OWN = {"session": "s-own", "project": "east", "account": "bob@contoso.test"}


def test_a_kernel_without_a_holder_asks_the_one_it_comes_from(
    served_family, monkeypatch
):
    """As when papermill is started from a notebook, on a machine that just started."""
    begin = time.monotonic()
    monkeypatch.setattr(SystemClock, "monotonic", lambda _: time.monotonic() - begin)
    nested = World(clock=SystemClock())
    agent = nested.agent
    agent.elsewhere = lambda: Link(str(served_family.folder), agent)
    assert nested.get_token() == "token-1"
    assert nested.clock.monotonic() > 2.9
    asked = len(nested.port.sent)
    # A holder of its own takes over, here of the same session.
    nested.attach()
    nested.answer_all()
    assert nested.get_token(STORAGE) == "token-1"
    assert len(nested.port.sent) == asked + 1


WAYS = {
    "get_token": lambda agent: agent.get_token((), wait=10),
    "get_token_async": lambda agent: asyncio.run(agent.get_token_async((), wait=10)),
    "context": lambda agent: agent.context().get_token(wait=10),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_holder_that_comes_at_the_last_moment(world, way):
    """When the silence is over, and the parent hasn't been taken yet."""
    parent = FakePort()

    def find_parent():
        world.attach()
        world.answer_all()
        return parent

    # A wait without a limit, as that of `context`, is to fail all the same.
    world.clock.at(20, lambda: world.say("bye", session=None))
    world.agent.elsewhere = find_parent
    assert WAYS[way](world.agent) == "token-1"
    assert parent.sent == []


@pytest.fixture
def nested(served_family):
    """Return a kernel to which nobody has come, and that asks its parent."""
    nested = World(clock=served_family.clock)
    nested.agent.follow(Link(str(served_family.folder), nested.agent))
    assert nested.get_token() == "token-1"
    return nested


def test_a_holder_is_told_that_nobody_is_followed_but_the_parent(nested):
    """So that it tells what is selected, however long ago that was."""
    for _ in range(2):
        told = nested.hello()
        assert (told["session"], told["since"]) == (None, None)
    nested.select(**OWN)
    assert nested.hello()["session"] == "s-own"


def test_a_running_cell_keeps_the_parents_sign_in(nested):
    """Only the parent can answer for it, however long the cell runs."""
    nested.answer_all()
    nested.agent.cell_starts("cell", None)
    nested.hello()
    nested.select(**OWN, settled=False)
    pinned = nested.agent.context()
    assert nested.get_token(STORAGE, wait=10) == "token-2"
    nested.agent.cell_ends()
    nested.select(**OWN)
    assert nested.get_token(STORAGE) == "token-1"
    assert pinned.get_token(VAULT, wait=10) == "token-3"
    assert [one["session"] for one in nested.port.sent] == ["s-own"]


def test_a_switch_of_the_parent_is_none_where_there_is_a_holder(served_family, nested):
    pinned = nested.agent.context()
    nested.hello()
    nested.select(**OWN)
    served_family.select("s-2", project="south", account="carol@contoso.test")
    # The parent answers in order.
    assert pinned.get_token(STORAGE, wait=10) == "token-2"
    assert nested.agent.context().project == "east"


def test_a_sign_out_at_the_parent_ends_the_parents_session(served_family, nested):
    pinned = nested.agent.context()
    nested.hello()
    nested.select(**OWN)
    served_family.say("bye", session="s-1")
    wait_until(lambda: not nested.agent.state.sessions.is_live("s-1"))
    with pytest.raises(SignInRequired):
        pinned.get_token()
    nested.answer_all()
    assert nested.get_token() == "token-1"


def test_an_error_of_the_parent_is_none_of_the_holders(family):
    family.hello()
    nested = World(clock=family.clock)
    nested.agent.follow(Link(str(family.folder), nested.agent))

    def answer(question):
        nested.attach()
        nested.answer_all()
        family.say(
            "error",
            id=question["id"],
            session=None,
            code="consent_required",
            message="AADSTS65001: consent is missing.",
            action="Ask an administrator to grant it.",
        )

    family.port.answer = answer
    assert nested.get_token() == "token-1"


def test_a_late_token_of_the_parent_is_no_answer_to_a_question_of_the_holder(world):
    """It was asked before anybody had selected anything, and is the holder's by now."""
    parent = FakePort()
    world.agent.follow(parent)

    def tell(op, **fields):
        message = {"v": 1, "op": op, "instance": world.agent.instance, **fields}
        assert world.agent.receive(message, by_parent=True)["ok"]

    def answer(question):
        told = {"connection": "Contoso", "cluster": "westeurope-1", "project": "north"}
        told |= {"base_url": "https://westeurope-1.cognitedata.com", "settled": True}
        told |= {"account": "alice@contoso.test", "since": "2026-11-23T10:00:00.000Z"}
        tell("context", session="s-1", scopes=list(SCOPES), **told)
        world.hello()
        world.select(**OWN)
        world.answer_all()
        tell("waiting", id=question["id"], session=None, reason="sign_in_required")
        of_parent = {"session": "s-1", "scopes": list(SCOPES), "token": "of-the-parent"}
        of_parent |= {"id": question["id"], "sent": question["sent"]}
        tell("token", expires_in=3600, lifetime=3600, **of_parent)

    parent.answer = answer
    assert world.get_token(wait=20) == "token-1"
    assert world.agent.context().account == "bob@contoso.test"


def test_the_end_of_the_parent_is_no_answer_where_there_is_a_holder(
    served_family, nested, monkeypatch
):
    monkeypatch.setattr("cdf_auth._questions.RESEND", 0)
    pinned = nested.agent.context()
    nested.hello()
    nested.select(**OWN)

    fail, has_ended = nested.agent.fail, threading.Event()

    def note_end(error):
        fail(error)
        has_ended.set()

    def answer(_question):
        nested.answer_all()
        served_family.end()
        assert has_ended.wait(LIMIT)

    nested.agent.fail = note_end
    nested.port.answer = answer
    assert nested.get_token() == "token-1"
    # What the parent alone can answer isn't waited for in vain.
    with pytest.raises(ParentGone):
        pinned.get_token(STORAGE, wait=10)
