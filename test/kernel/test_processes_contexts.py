"""Contexts go to other processes, and kernels may come from kernels."""

import os
import pickle
import subprocess
import sys

import pytest
from cdf_auth import NotInKernel, _install
from cdf_auth._agent import Agent
from cdf_auth._cache import Slot
from cdf_auth._headless import Headless
from cdf_auth._parent import Link
from support.real_kernel import ROOT, RealKernel


def test_a_pickled_context_holds_no_token_and_asks_where_it_is(
    served_family, monkeypatch
):
    token = served_family.get_token()
    context = served_family.agent.context()
    pickled = pickle.dumps(context)
    assert token.encode() not in pickled
    child = served_family.child()
    monkeypatch.setattr(_install, "_alone", child)
    again = pickle.loads(pickled)
    assert again == context
    assert again.get_token() == token
    assert list(child.held_tokens()) == [token]


def test_a_pickled_context_where_there_is_no_kernel(served_family, monkeypatch):
    monkeypatch.setenv("CDF_AUTH_PARENT", "")
    context = pickle.loads(pickle.dumps(served_family.agent.context()))
    assert context.project == "north"
    with pytest.raises(NotInKernel, match="child process"):
        context.get_token()


NESTED = "from cdf_auth import get_token, context\nprint(get_token())"
AGAIN = """
import multiprocessing
with multiprocessing.get_context("fork").Pool(1) as pool:
    print(pool.apply(get_token))
print(context().project)
"""


def test_a_kernel_that_was_started_from_a_notebook(
    kernel, attached, environment, tmp_path
):
    folder = kernel.run("import os; print(os.environ['CDF_AUTH_PARENT'])").lines[0]
    (tmp_path / "nested").mkdir()
    nested = RealKernel(
        environment,
        tmp_path / "nested",
        extra_env={"PYTHONPATH": str(ROOT / "kernel"), "CDF_AUTH_PARENT": folder},
    )
    try:
        first = nested.run(NESTED)
        again = nested.run(AGAIN)
    finally:
        nested.close()
    assert "secret-1" in first.stdout
    assert again.lines == [*first.lines, "plant-north"]
    assert len(attached.ids) == 1


ENVIRONMENT = {
    "LOGIN_FLOW": "token",
    "CDF_CLUSTER": "westeurope-1",
    "CDF_TOKEN": "of-the-environment",
}


def test_a_child_works_as_its_kernel_does(served_family):
    """Somebody is signed in there, so that variables which lie about don't count."""
    code = "import cdf_auth; print(cdf_auth.get_token(), cdf_auth.context().project)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT / "kernel")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["token-1", "north"]


def test_a_child_of_a_run_without_jupyterlab(family):
    family.agent.headless = Headless(family.clock, ENVIRONMENT)
    child = family.child()
    assert child.get_token(()) == "of-the-environment"
    assert child.context().connection == "environment"


def test_a_fork_of_a_run_without_jupyterlab_asks_its_parent(family):
    family.agent.headless = Headless(family.clock, ENVIRONMENT)
    family.agent.fall_back()
    fork = Agent(family.port, family.clock, Slot(), family.agent.headless)
    fork.forked_child(Link(str(family.folder), fork))
    assert fork.get_token(()) == "of-the-environment"
    assert not any(fork.is_own(key) for key in fork.state.tokens)
