"""Real kernels of both generations of ipykernel, and the fake holder."""

import runpy
import sys

import pytest
from support.fake_clock import World
from support.family import Family
from support.holder import Holder
from support.matrix_results import MatrixResults
from support.other_kernels import OtherKernels
from support.real_kernel import GENERATIONS, ROOT, RealKernel, python_of
from support.side_by_side import SideBySide

# The package needn't be installed.
sys.path.insert(0, str(ROOT / "kernel"))

pytest_plugins = ["support.headless_fixtures"]

#: Seconds for one test, a hung kernel included.
TIMEOUT = 120


def pytest_addoption(parser):
    parser.addoption(
        "--update-matrix",
        action="store_true",
        help="write docs/kernels.md from what the kernel matrix gives",
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "situation(title): a row of docs/kernels.md")
    config.addinivalue_line(
        "markers", "takes_time: waits in real time; in two columns, unless deep"
    )
    config.pluginmanager.register(SideBySide())
    config.addinivalue_line("markers", "other_kernel(title): the same, of xeus-python")
    config.pluginmanager.register(MatrixResults(config), "matrix-results")
    config.pluginmanager.register(OtherKernels(config))


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TIMEOUT))


@pytest.fixture(scope="session")
def packed():
    """Return what the build packs."""
    return runpy.run_path(str(ROOT / "scripts" / "pack_agent.py"))["agent"]()


@pytest.fixture(scope="session")
def bootstrap(packed):
    return packed["bootstrap"]


@pytest.fixture(params=GENERATIONS)
def environment(request):
    python_of(request.param)
    return request.param


@pytest.fixture
def start_kernel(environment, tmp_path):
    """Start kernels, and end them after the test."""
    kernels = []

    def start(**options):
        kernels.append(RealKernel(environment, tmp_path, **options))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(start_kernel):
    return start_kernel()


@pytest.fixture
def start_holder():
    """Start holders, and end them before their kernel."""
    holders = []

    def start(kernel, **options):
        holders.append(Holder(kernel, **options))
        return holders[-1]

    yield start
    for holder in holders:
        holder.close()


@pytest.fixture
def holder(start_holder, kernel):
    """Return a holder that hasn't spoken to the kernel yet."""
    return start_holder(kernel)


@pytest.fixture
def attached(kernel, holder, bootstrap):
    """Return a holder whose agent has been installed and told what is selected."""
    kernel.execute_silently(bootstrap)
    holder.attach()
    return holder


@pytest.fixture
def world():
    """Return an agent on a fake clock, to which nobody has spoken."""
    return World()


@pytest.fixture
def served(world):
    """Return an agent that knows what is selected, and whose holder answers."""
    world.attach()
    world.answer_all()
    return world


@pytest.fixture
def family(monkeypatch):
    """Return a kernel's agent that child processes can ask; nobody has spoken to it."""
    monkeypatch.setenv("CDF_AUTH_PARENT", "")
    family = Family()
    yield family
    family.end()


@pytest.fixture
def served_family(family):
    """Return one that knows what is selected, and whose holder answers."""
    family.attach()
    family.answer_all()
    return family
