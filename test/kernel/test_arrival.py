"""An agent that comes in whatever moment knows whether a cell runs."""

import pytest
from support.real_kernel import ROOT
from support.subshell import Subshell

BRING = "from cdf_auth._install import agent; agent()"
BRING_BY_THREAD = f"""
import threading
def bring(): {BRING}
thread = threading.Thread(target=bring)
thread.start()
thread.join()
"""
RUNS = """
print("ready", flush=True)
while "go" not in globals(): time.sleep(0.01)
"""
AWAITS = RUNS.replace("time.sleep", "await asyncio.sleep")


@pytest.fixture
def start_kernel(start_kernel):
    """Start kernels that have the package installed."""
    return lambda: start_kernel(extra_env={"PYTHONPATH": str(ROOT / "kernel")})


@pytest.fixture(params=[RUNS, AWAITS], ids=["runs", "awaits"])
def cell(request, kernel):
    """Return the id of a cell that runs."""
    id_ = kernel.start("import asyncio, time" + request.param)
    kernel.wait_for(id_, "ready")
    return id_


def end(kernel, cell):
    kernel.execute_on_control("go = 1")
    kernel.finish(cell)


@pytest.mark.parametrize(
    ("code", "expressions"), [(BRING, {}), ("", {"e": f"exec({BRING!r})"})]
)
def test_on_control_beside_a_cell(kernel, holder, cell, code, expressions):
    """As code and, as holders do it, as an expression beside no code at all."""
    kernel.execute_on_control(code, **expressions)
    assert holder.hello()["running"] is True
    end(kernel, cell)
    assert holder.hello()["running"] is False


@pytest.mark.parametrize(
    ("code", "expressions"), [(BRING, {}), ("", {"e": f"exec({BRING!r})"})]
)
@pytest.mark.parametrize("channel", ["control", "shell"])
def test_into_an_idle_kernel(kernel, holder, channel, code, expressions):
    if channel == "control":
        kernel.execute_on_control(code, **expressions)
    else:
        options = {"silent": True, "user_expressions": expressions}
        kernel.reply(kernel.client.execute(code, **options))
    assert holder.hello()["running"] is False


@pytest.mark.parametrize("code", [BRING, BRING_BY_THREAD])
def test_by_the_cell_itself(kernel, holder, code):
    cell = kernel.start("import time\n" + code + RUNS)
    kernel.wait_for(cell, "ready")
    assert holder.hello()["running"] is True
    end(kernel, cell)
    assert holder.hello()["running"] is False


def test_by_a_thread_between_cells(kernel, holder):
    kernel.run(
        "import threading\n"
        "come, here = threading.Event(), threading.Event()\n"
        f"def bring(): come.wait(); {BRING}; here.set()\n"
        "threading.Thread(target=bring).start()"
    )
    # Nothing runs while it comes but this, which is no cell.
    kernel.execute_on_control("come.set(); here.wait()")
    assert holder.hello()["running"] is False


@pytest.mark.parametrize("environment", ["kernel-ipykernel7"])
@pytest.mark.parametrize("code", [BRING, BRING_BY_THREAD])
class TestBySubshell:
    """What a subshell runs is no cell of the main shell."""

    def test_in_an_idle_kernel(self, kernel, holder, code):
        beside = Subshell(kernel).start(code + "\nprint('here')")
        assert kernel.finish(beside).lines == ["here"]
        assert holder.hello()["running"] is False

    def test_while_its_own_cell_runs(self, kernel, holder, code):
        beside = Subshell(kernel).start("import time\n" + code + RUNS)
        kernel.wait_for(beside, "ready")
        assert holder.hello()["running"] is False
        end(kernel, beside)

    def test_beside_a_cell(self, kernel, holder, cell, code):
        beside = Subshell(kernel).start(code + "\nprint('here')")
        assert "here" in kernel.finish(beside).lines
        assert holder.hello()["running"] is True
        end(kernel, cell)
        assert holder.hello()["running"] is False
