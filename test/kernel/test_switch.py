"""A switch never lands inside a run that was already started."""

from datetime import datetime, timedelta, timezone

import pytest
from cdf_auth._protocol import Selected
from cdf_auth._switch import Switch

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


def selected(project, *, settled=False, session="s-1"):
    return Selected(
        session=session,
        connection="Contoso",
        cluster="c",
        project=project,
        base_url="https://c.test",
        account="alice",
        scopes=(),
        since=NOON,
        settled=settled,
    )


@pytest.fixture
def switch():
    """Return a switch with "old" in force."""
    switch = Switch()
    switch.offer(selected("old"))
    return switch


def project(switch):
    return switch.current.project


def test_the_first_one_is_applied_at_once():
    switch = Switch()
    switch.cell_starts("a", NOON)
    switch.offer(selected("first"))
    assert project(switch) == "first"


def test_settled_is_applied_at_once_between_cells(switch):
    switch.offer(selected("new", settled=True))
    assert project(switch) == "new"


def test_unsettled_waits_for_the_next_cell(switch):
    switch.offer(selected("new"))
    assert project(switch) == "old"
    switch.cell_starts("a", NOON + SECOND)
    assert project(switch) == "new"


def test_a_cell_submitted_at_that_moment_follows(switch):
    switch.offer(selected("new"))
    switch.cell_starts("a", NOON)
    assert project(switch) == "new"


def test_a_running_cell_keeps_what_it_has(switch):
    switch.cell_starts("a", NOON - SECOND)
    switch.offer(selected("new"))
    switch.offer(selected("new", settled=True))
    assert project(switch) == "old"
    switch.cell_ends()
    assert project(switch) == "new"


def test_a_queued_run_keeps_what_it_has(switch):
    switch.cell_starts("0", NOON - SECOND)
    switch.offer(selected("new"))
    for cell in range(1, 20):
        switch.cell_ends()
        assert project(switch) == "old"
        switch.cell_starts(str(cell), NOON - SECOND)
        assert project(switch) == "old"
    switch.cell_ends()
    assert project(switch) == "old"
    switch.offer(selected("new", settled=True))
    assert project(switch) == "new"


def test_a_cell_without_a_date_keeps_what_it_has(switch):
    switch.offer(selected("new"))
    switch.cell_starts("a", None)
    assert project(switch) == "old"


def test_a_cell_within_a_cell_changes_nothing(switch):
    switch.cell_starts("a", NOON - SECOND)
    switch.offer(selected("new", settled=True))
    switch.cell_starts("a", NOON - SECOND)
    switch.cell_ends()
    assert switch.running
    assert project(switch) == "old"
    switch.cell_ends()
    assert not switch.running
    assert project(switch) == "new"


def test_an_end_that_went_unreported_heals(switch):
    switch.cell_starts("a", NOON - SECOND)
    switch.cell_starts("b", NOON - SECOND)
    switch.cell_ends()
    assert not switch.running


def test_a_choice_that_is_taken_back(switch):
    switch.cell_starts("a", NOON - SECOND)
    switch.offer(selected("new"))
    switch.offer(selected("old", settled=True))
    switch.cell_ends()
    assert project(switch) == "old"


def test_forgets_by_session(switch):
    switch.cell_starts("a", NOON - SECOND)
    switch.offer(selected("new", session="s-2"))
    switch.forget({"s-1"})
    assert switch.current is None
    assert switch.pending.project == "new"
    switch.forget(None)
    assert switch.pending is None


def signed_out(switch, *, last_cell=NOON - SECOND):
    """Sign out of "old" in the middle of a cell."""
    switch.cell_starts("a", last_cell)
    switch.forget({"s-1"})
    assert switch.current is None


def test_who_signs_in_as_somebody_else_gets_neither_the_cell_nor_the_queue(switch):
    signed_out(switch)
    switch.offer(selected("new", session="s-2"))
    for cell in ("b", "c"):
        assert switch.current is None
        switch.cell_ends()
        switch.cell_starts(cell, NOON - SECOND)
    assert switch.current is None
    switch.cell_ends()
    switch.cell_starts("late", NOON)
    assert project(switch) == "new"


def test_after_a_sign_out_too_settled_is_applied_between_cells(switch):
    signed_out(switch)
    switch.offer(selected("new", session="s-2", settled=True))
    assert switch.current is None
    switch.cell_ends()
    assert project(switch) == "new"


def test_a_sign_out_between_two_cells_of_a_run(switch):
    switch.cell_starts("a", NOON - SECOND)
    switch.cell_ends()
    switch.forget(None)
    switch.offer(selected("new", session="s-2"))
    assert switch.current is None
    switch.cell_starts("b", NOON - SECOND)
    assert switch.current is None


def test_a_choice_that_is_older_than_the_run_waits_for_its_end(switch):
    """That of another page, which tells it as soon as the kernel follows nobody."""
    signed_out(switch, last_cell=NOON + SECOND)
    switch.offer(selected("elsewhere", session="s-2"))
    switch.cell_ends()
    switch.cell_starts("b", NOON + SECOND)
    assert switch.current is None
    switch.offer(selected("elsewhere", session="s-2", settled=True))
    switch.cell_ends()
    assert project(switch) == "elsewhere"


def test_who_signs_in_again_has_what_was_dropped(switch):
    signed_out(switch)
    switch.resume("s-2")
    switch.offer(selected("new", session="s-2"))
    assert (project(switch), switch.current.session) == ("old", "s-2")
    switch.cell_ends()
    switch.cell_starts("b", NOON)
    assert project(switch) == "new"
