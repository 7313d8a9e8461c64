"""The courier of one kernel: what it tells of what was selected, and when."""

from dataclasses import replace

import pytest
from support.courier_fixtures import CHOSEN, CONTEXT, EARLIER, LATER, turns

from jupyterlab_cdf_auth.protocol import TokenRequest


@pytest.mark.parametrize(
    ("since", "is_told"),
    [
        ("2026-01-01T12:00:00+00:00", True),
        ("2026-01-01T12:00:01+00:00", False),
        ("2026-01-01T13:00:00+02:00", True),
        (None, False),
        ("yesterday", False),
    ],
)
async def test_what_was_chosen_last_is_told(courier, transport, since, is_told):
    transport.instance, transport.follows = "i-1", "somebody-elses"
    transport.since = since
    courier.open()
    await turns()
    assert len(transport.heard("context")) == (2 if is_told else 0)


@pytest.mark.parametrize(
    ("since", "is_told"),
    [(EARLIER, True), (CHOSEN, True), (LATER, False), (None, True)],
)
async def test_of_two_choices_in_one_session_the_later_stays(
    courier, transport, moved, since, is_told
):
    transport.instance = "i-1"
    for follows in (moved.id, moved.replaces.session):
        transport.follows, transport.since = follows, since
        transport.said.clear()
        courier.attach()
        await turns()
        assert len(transport.heard("context")) == (2 if is_told else 0)


async def test_what_was_chosen_elsewhere_in_the_middle_of_a_cell_stays(
    courier, transport
):
    transport.is_idle = False
    courier.open()
    await turns()
    transport.follows, transport.since = "another-tabs", LATER
    greeted = len(transport.heard("hello"))
    transport.is_idle = True
    courier.status_changed()
    await turns()
    assert len(transport.heard("hello")) == greeted + 1
    assert [one["settled"] for one in transport.heard("context")] == [False]


async def test_a_kernel_that_is_slow_to_answer_still_hears_that_a_choice_has_settled(
    courier, transport
):
    transport.is_idle = False
    courier.open()
    await turns()
    transport.is_silent = transport.is_idle = True
    courier.status_changed()
    await turns()
    assert [one["settled"] for one in transport.heard("context")] == [False, True]


async def test_an_older_choice_takes_no_newer_ones_place(session, desk):
    assert not desk.name(session, replace(CONTEXT, project="old", since=EARLIER))
    assert desk.selected[1].project == "north"
    assert desk.name(session, replace(CONTEXT, project="new", since=LATER))
    assert desk.selected[1].project == "new"


async def test_a_choice_is_told_whomever_the_kernel_follows(courier, transport):
    transport.instance, transport.follows = "i-1", "somebody-elses"
    transport.since = "2027-01-01T00:00:00+00:00"
    courier.open()
    await turns()
    courier.send_context()
    await turns()
    assert len(transport.heard("context")) == 2
    # But it isn't told again over what was chosen elsewhere since.
    transport.follows, transport.since = "somebody-elses", "2027-01-01T00:00:00+00:00"
    courier.attach()
    await turns()
    assert len(transport.heard("context")) == 2
    transport.follows = None
    courier.attach()
    await turns()
    assert len(transport.heard("context")) == 4


async def test_what_was_moved_here_is_told_once_to_each_process(
    courier, transport, moved
):
    for instance in ("i-1", "i-1", "i-2"):
        transport.instance = instance
        courier.attach()
        await turns()
        assert courier.moves.is_known(moved.id)
    told = transport.heard("replace")
    assert [one["instance"] for one in told] == ["i-1", "i-2"]
    assert told[0]["replaces"] == ["t-1"]
    assert (told[0]["session"], told[0]["account"]) == (moved.id, "a@x.test")


async def test_a_kernel_that_follows_what_was_moved_is_told_the_context(
    courier, transport, moved
):
    transport.instance, transport.follows = "i-1", moved.replaces.session
    transport.since = CHOSEN
    courier.open()
    await turns()
    operations = [one["op"] for one in transport.said if one["op"] != "hello"]
    assert operations == ["replace", "context", "context"]


async def test_an_agent_that_does_not_know_the_message_is_told_the_context(
    courier, transport, moved
):
    transport.instance, transport.follows = "i-1", moved.replaces.session
    transport.since = CHOSEN
    transport.refuses = "replace"
    courier.open()
    await turns()
    assert len(transport.heard("context")) == 2
    assert not courier.moves.is_known(moved.id)
    # It isn't asked again and again.
    courier.attach()
    await turns()
    assert len(transport.heard("replace")) == 1


UNCHOSEN = "1970-01-01T00:00:00.000Z"


async def test_what_nobody_chose_is_not_told_to_the_next_process_either(
    courier, transport, desk, session
):
    """A second page was opened, and found a session of the server."""
    desk.selected = None
    desk.name(session, replace(CONTEXT, since=UNCHOSEN))
    transport.instance, transport.follows = "i-1", "of-a-tab"
    transport.since = CHOSEN
    courier.open()
    await turns()
    transport.instance, transport.follows, transport.since = "i-2", None, None
    courier.restarted()
    await turns()
    assert transport.heard("context") == []
    # Nor does it answer a question that names no session.
    assert await desk.answer(asked(None)) is None
    assert await desk.answer(asked(session.id)) is not None


async def test_what_nobody_chose_is_told_where_nobody_is_followed(
    courier, transport, desk, session
):
    desk.selected = None
    desk.name(session, replace(CONTEXT, since=UNCHOSEN))
    transport.instance, transport.follows = "i-1", None
    courier.open()
    await turns()
    assert len(transport.heard("context")) == 2
    assert await desk.answer(asked(None)) is not None


def asked(session):
    return TokenRequest("q", "i-2", session, (), None, 0, 60)
