"""The endpoints are as docs/openapi.yaml describes them, whatever comes."""

import asyncio
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from support.deep import DEEP
from support.fake_cdf import http_answer
from support.fake_provider import token_answer
from support.session_client import Page
from test_access import APIS

pytestmark = [
    pytest.mark.timeout(900 if DEEP else 150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

SCHEMA = schemathesis.openapi.from_path(
    Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
)
OPERATIONS = {
    operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()
}
EXAMPLES = settings(
    max_examples=250 if DEEP else 25,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def cdf_auth_config(provider):
    provider.token = http_answer(200, token_answer())
    return provider.config


def test_every_endpoint_is_described():
    described = {
        (f"cdf-auth{path}".replace("{id}", "server-0"), method.upper())
        for path, item in SCHEMA.raw_schema["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert described == {(path, m) for path in APIS for m in APIS[path]}


@pytest.fixture
def check(jp_serverapp, jp_fetch, jp_auth_header):
    """Send made-up requests from a thread, and check the answers."""
    base_url = f"http://127.0.0.1:{jp_serverapp.port}{jp_serverapp.base_url}cdf-auth"

    async def run(label, mode, session=None):
        @seed(1)
        @EXAMPLES
        @given(OPERATIONS[label].as_strategy(generation_mode=mode))
        def examples(case):
            if session is not None:
                case.path_parameters["id"] = session
            case.call_and_validate(base_url=base_url, headers=jp_auth_header)

        await asyncio.to_thread(examples)

    return run


MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


CASES = [(label, mode) for label in OPERATIONS for mode in MODES]
# There is nothing that could be wrong with them.
CASES.remove(("GET /sessions", GenerationMode.NEGATIVE))
CASES.remove(("GET /connections", GenerationMode.NEGATIVE))


@pytest.mark.parametrize(("label", "mode"), CASES)
async def test_whatever_comes(quick, check, label, mode):
    await check(label, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("label", [one for one in OPERATIONS if "{id}" in one])
async def test_of_a_session_that_exists(active, check, label, mode):
    await check(label, mode, active)


@pytest.fixture
def active(quick, api, provider, jp_asyncio_loop):
    """Return the id of a session that somebody has signed in to."""

    async def sign_in():
        _, session, _ = await api("POST", "", {"connection": provider.connection})
        return (await Page(api, None).ended(session, "active"))["id"]

    return jp_asyncio_loop.run_until_complete(sign_in())
