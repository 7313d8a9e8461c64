"""One kernel for each column of the matrix, shared by the situations."""

from itertools import count

import pytest
from matrix_columns import columns
from real_kernel import RealKernel

VERSIONS = (
    "import platform, ipykernel\nprint(platform.python_version(), ipykernel.__version__)"
)

_sessions = count(1)


def pytest_collection_modifyitems(items):
    """Put a column's tests together, in the order of the files, on one worker."""
    order = {column: number for number, column in enumerate(columns())}
    ours = []
    for place, item in enumerate(items):
        column = getattr(item, "callspec", None) and item.callspec.params.get("column")
        if column is not None:
            item.add_marker(pytest.mark.xdist_group(str(column)))
            # It looks at what all others of its column have given.
            is_last = item.get_closest_marker("last_of_column") is not None
            ours.append(((order[column], is_last, place), place, item))
    places = sorted(place for _, place, _ in ours)
    for place, (*_, item) in zip(places, sorted(ours, key=lambda one: one[0])):
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
        self._is_new = True
        self._is_spoiled = False

    def take(self, *, new=False, spoil=False):
        """Give the kernel, as it starts for who wants it `new`.

        After one who spoils it, everybody gets it as it starts.
        """
        if self._is_spoiled or (new and not self._is_new):
            self.kernel.restart()
        self._is_new = False
        self._is_spoiled = spoil
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
    return seat.take()


@pytest.fixture
def fresh(seat):
    """Return the column's kernel as it starts: nobody has brought an agent."""
    return seat.take(new=True)


@pytest.fixture
def spoiled(seat):
    """Return a kernel that is of no use to others afterwards."""
    return seat.take(spoil=True)


@pytest.fixture
def holder(start_holder, seat):
    """Return a holder of a session of its own, so that no token is left over."""
    return start_holder(seat.kernel, session=f"s-{next(_sessions)}")
