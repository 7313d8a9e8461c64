"""A switch of project or account."""

import pytest
from support.dated_cells import AFTER, BEFORE, PROJECT, SINCE, WATCH

situation = pytest.mark.situation


@pytest.fixture
def north(kernel, attached):
    """Return a holder whose kernel follows "plant-north"."""
    kernel.run("import cdf_auth")
    return attached


@situation("a settled switch never lands inside a running cell")
def test_a_running_cell_keeps_its_project(kernel, north):
    cell = kernel.start_dated(WATCH, BEFORE)
    kernel.wait_for(cell, "plant-north")
    north.select("south", since=SINCE, settled=False)
    north.select("south", since=SINCE, settled=True)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    # Even one that was submitted before the click: the kernel has been idle since.
    assert kernel.finish(kernel.start_dated(PROJECT, BEFORE)).lines == ["south"]


@situation("a cell that is run after the click follows at once")
def test_the_next_cell_follows(kernel, north):
    north.select("south", since=SINCE, settled=False)
    assert kernel.finish(kernel.start_dated(PROJECT, AFTER)).lines == ["south"]


@situation("a queued run of 20 cells keeps its project")
def test_a_queued_run_keeps_its_project(kernel, north):
    cells = [kernel.start_dated(WATCH, BEFORE)]
    cells += [kernel.start_dated(PROJECT, BEFORE) for _ in range(19)]
    kernel.wait_for(cells[0], "plant-north")
    north.select("south", since=SINCE, settled=False)
    late = kernel.start_dated(PROJECT, AFTER)
    kernel.execute_on_control("go = 1")
    said = [kernel.finish(cell).lines for cell in cells]
    assert said == [["plant-north"]] * 20
    assert kernel.finish(late).lines == ["south"]


@situation("a pinned context is renewed after a switch, others follow it")
def test_a_pinned_context(kernel, north):
    first = north.session
    kernel.run("pinned = cdf_auth.context(); pinned.get_token(), cdf_auth.get_token()")
    north.select("south", session=f"{first}-bob", account="bob@contoso.test")
    result = kernel.run(
        "print(cdf_auth.get_token(), pinned.get_token(), pinned.account)\n"
        "print(cdf_auth.context().account)"
    )
    assert north.questions[-1]["session"] == f"{first}-bob"
    current, pinned, *accounts = result.lines
    assert current != pinned
    assert accounts == ["alice@contoso.test", "bob@contoso.test"]
    kernel.run("pinned.get_token(min_ttl=10**6)")
    assert north.questions[-1]["session"] == first
