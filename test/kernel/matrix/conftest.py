"""One kernel for each column of the matrix, shared by the situations."""

from itertools import count

import pytest
from support.deep import DEEP
from support.matrix_columns import column_of, columns, ends
from support.real_kernel import RealKernel

VERSIONS = """
import platform, ipykernel
print(platform.python_version(), ipykernel.__version__)
"""

_sessions = count(1)


#: What a test may ask of its kernel, in the order that takes the fewest restarts.
_ORDER = ["fresh", "lonely", "ungreeted", "kernel", "spoiled", "results"]


def pytest_collection_modifyitems(config, items):
    """Choose the tests, and put those of a column together."""
    if not DEEP:
        _leave_out_silences(config, items)
    _put_columns_together(items)


def _leave_out_silences(config, items):
    """Leave tests marked `takes_time` to two columns; the deep form runs them in all.

    Such a test waits in real time for what a fake clock shows elsewhere, so what is
    left to show is that a kernel has that clock.
    """
    kept = ends()

    def is_left_out(item):
        column = column_of(item)
        return column and column not in kept and item.get_closest_marker("takes_time")

    left_out = [item for item in items if is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not is_left_out(item)]


def _put_columns_together(items):
    """Sort a column's tests, those that want a new kernel first.

    Last comes the test that looks at what all others of its column have given.
    """
    order = {column: number for number, column in enumerate(columns())}
    found = []
    for place, item in enumerate(items):
        column = column_of(item)
        if column:
            stage = max(_ORDER.index(one) for one in _ORDER if one in item.fixturenames)
            found.append((order[column], stage, place))
    ours = [items[place] for *_, place in sorted(found)]
    for place, item in zip(sorted(place for *_, place in found), ours, strict=True):
        items[place] = item


@pytest.fixture(scope="session", params=columns(), ids=str)
def column(request):
    return request.param


class Seat:
    """A column's kernel process, started anew for those who need one."""

    def __init__(self, column, folder):
        self.kernel = RealKernel(
            column.environment, folder, extra_env={"PYTHONPATH": column.path}
        )
        #: What the kernel itself says: Python's version and ipykernel's.
        self.versions = tuple(self.kernel.run(VERSIONS).lines)
        self._state = "fresh"

    def take(self, *states, leave="kernel"):
        """Give the kernel, started anew unless it is in one of these `states`.

        The test that takes it leaves it in the state `leave`.
        """
        if self._state not in states:
            self.kernel.restart()
        self._state = leave
        return self.kernel


@pytest.fixture(scope="session")
def seat(column, tmp_path_factory):
    seat = Seat(column, tmp_path_factory.mktemp("kernel"))
    yield seat
    seat.kernel.close()


@pytest.fixture(autouse=True)
def reported_versions(request):
    """Let the document say which versions the situation was seen on."""
    if "column" in request.fixturenames:
        seat = request.getfixturevalue("seat")
        request.node.user_properties.append(("versions", list(seat.versions)))


@pytest.fixture
def kernel(seat):
    """Return the column's kernel, in which others may have worked before."""
    return seat.take("fresh", "ungreeted", "kernel")


@pytest.fixture
def fresh(seat):
    """Return the column's kernel as it starts: nobody has brought an agent."""
    return seat.take("fresh")


@pytest.fixture
def ungreeted(seat):
    """Return a kernel to whose agent, if there is one, no holder has spoken yet."""
    return seat.take("fresh", "ungreeted")


@pytest.fixture
def lonely(seat):
    """Return the same to a test to which no holder comes."""
    return seat.take("fresh", "ungreeted", leave="ungreeted")


@pytest.fixture
def spoiled(seat):
    """Return a kernel that is of no use to others afterwards."""
    return seat.take("fresh", "ungreeted", "kernel", leave="spoiled")


@pytest.fixture
def holder(start_holder, seat):
    """Return a holder of a session of its own, so that no token is left over."""
    return start_holder(seat.kernel, session=f"s-{next(_sessions)}")
