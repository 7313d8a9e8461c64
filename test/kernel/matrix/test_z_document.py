"""The page docs/kernels.md is true."""

import pytest
from support import matrix_results
from support.matrix_columns import WAYS, missing_pythons
from support.matrix_document import UNSEEN

HOW = "Have `npm run matrix` write docs/kernels.md anew, and look at what has changed."


@pytest.fixture
def results(request):
    plugin = request.config.pluginmanager.get_plugin("matrix-results")
    if plugin.updates:
        pytest.skip("The page is being written.")
    return plugin


def test_the_page_says_what_this_kernel_gave(column, seat, results):
    page = matrix_results.read()
    place = column.python, column.ipykernel
    if place not in page.versions:
        pytest.skip(f"Nobody has run Python {column.python} for docs/kernels.md yet.")
    said = {
        title: page.marks.get((title, place), UNSEEN)[WAYS.index(column.way)]
        for title in page.titles
    }
    seen = results.marks[(*place, column.way)]
    assert seen, "No situation has been seen in this kernel: run the whole folder."
    differing = [
        f"{title}: it says {said.get(title)}, this run gave {mark}"
        for title, mark in seen.items()
        if said.get(title) != mark
    ]
    assert differing == [], HOW
    assert page.versions[place][1] == seat.versions[1], HOW


def test_the_page_has_these_situations_in_this_order(results):
    if not results.is_whole:
        pytest.skip("Only some of the situations were asked for.")
    assert matrix_results.read().groups == results.groups, HOW


@pytest.mark.parametrize("python", missing_pythons())
def test_a_python_that_is_not_here(python):
    pytest.skip(f"not run: this machine has no Python {python}")
