"""A kernel in a job's environment, and a holder of a session that comes or doesn't."""

import pytest
from support.fake_token_endpoint import FakeTokenEndpoint
from support.headless_environment import CLIENT
from support.real_kernel import ROOT

TOKEN = {"access_token": "of.the.job", "token_type": "Bearer", "expires_in": 3600}

#: Whose token it is, and since when JupyterLab has been waited for in vain.
WHOSE = """
import cdf_auth
from cdf_auth import _install
whose = "job" if cdf_auth.get_token() == "of.the.job" else "holder"
print(whose, cdf_auth.context().connection, _install.agent().alone_since)
"""
SECONDS = "import time; print(time.monotonic() - _install.agent().alone_since)\n"


@pytest.fixture
def endpoint():
    fake = FakeTokenEndpoint()
    fake.give(TOKEN)
    yield fake
    fake.close()


@pytest.fixture
def kernel(start_kernel, endpoint):
    """Return a kernel in a job's environment, with the package installed."""
    job = {**CLIENT, "IDP_TOKEN_URL": f"{endpoint.url}/token"}
    return start_kernel(extra_env={**job, "PYTHONPATH": str(ROOT / "kernel")})


def test_nobody_comes(kernel, endpoint):
    first = kernel.run(WHOSE + SECONDS)
    *said, seconds = first.lines
    assert said[:2] == ["job", "environment"]
    assert float(seconds) > 2.9
    # One that had to wait again would raise `TokenTimeout`.
    second = kernel.run(WHOSE.replace("get_token()", "get_token(wait=0)"))
    assert second.lines == said
    assert (first.stderr, second.stderr) == ("", "")
    assert len(endpoint.requests) == 1


def test_a_holder_is_there_first(kernel, attached, endpoint):
    assert kernel.run(WHOSE).lines == ["holder", "Contoso", "None"]
    assert endpoint.requests == []


def test_a_holder_comes_in_time(kernel, holder, endpoint):
    holder.policy = holder.be_silent
    cell = kernel.start(WHOSE)
    holder.wait_for_questions(1)
    holder.attach()
    holder.policy = holder.give_token
    assert kernel.finish(cell).lines[:2] == ["holder", "Contoso"]
    assert endpoint.requests == []


def test_a_holder_comes_later(kernel, holder, endpoint):
    kernel.run(WHOSE)
    kernel.run("pinned = cdf_auth.context()")
    assert holder.hello()["session"] is None
    assert holder.select()["ok"]
    assert kernel.run(WHOSE).lines[:2] == ["holder", "Contoso"]
    result = kernel.run("print(pinned.get_token(), pinned.account)")
    assert result.lines == ["of.the.job", "pipeline-1"]
    assert len(endpoint.requests) == 1
