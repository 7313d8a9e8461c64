"""A real server whose sessions ask the demo's provider, or a socket that plays one."""

import asyncio
import json

import pytest
from jupyter_server.auth import IdentityProvider, User
from support.demo_process import Demo
from support.fake_provider import FakeProvider
from support.kernel_client import ServerKernel
from support.session_client import Page

from jupyterlab_cdf_auth import CdfAuth
from jupyterlab_cdf_auth.clock import SystemClock


class QuickClock(SystemClock):
    """Doesn't wait for the five seconds between two polls."""

    async def sleep(self, seconds):
        await asyncio.sleep(0.02 if seconds >= 5 else seconds)


class Users(IdentityProvider):
    """Takes the name from a header, from whoever has the server's token."""

    async def get_user(self, handler):
        user = await self._get_user(handler)
        name = handler.request.headers.get("X-Test-User")
        return User(username=name) if user and name else user


@pytest.fixture(scope="module")
def demo_options():
    return {}


@pytest.fixture(scope="module")
def demo(tmp_path_factory, demo_options):
    started = Demo.start(tmp_path_factory.mktemp("ca"), **demo_options)
    yield started
    started.stop()


@pytest.fixture
def provider_timeout():
    """Return how many seconds the server waits for the provider that is played."""
    return 10


@pytest.fixture
def provider(jp_asyncio_loop, tmp_path, provider_timeout):
    fake = FakeProvider(tmp_path, provider_timeout)
    jp_asyncio_loop.run_until_complete(fake.start())
    yield fake
    jp_asyncio_loop.run_until_complete(fake.stop())


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(CdfAuth, "clock", QuickClock())


@pytest.fixture
def demo_config(demo):
    return {
        "connections": demo.connections,
        "ca_bundle": demo.idp["caFile"],
    }


@pytest.fixture
def api(jp_fetch):
    """Call the sessions' endpoints; give the status, the JSON and the headers."""

    async def call(method, path="", body=None, *, user=None, headers=None):
        response = await jp_fetch(
            "cdf-auth",
            "sessions",
            *[part for part in path.split("/") if part],
            method=method,
            body=None if body is None else json.dumps(body),
            headers={**({"X-Test-User": user} if user else {}), **(headers or {})},
            raise_error=False,
            allow_nonstandard_methods=True,
        )
        answer = json.loads(response.body) if response.body else None
        return response.code, answer, response.headers

    return call


@pytest.fixture
def page(quick, api, demo):
    """Return the panel of the one user of this server."""
    return Page(api, demo)


@pytest.fixture
def start(quick, api, provider):
    """Start a session at the fake provider; give the status and the answer."""

    async def post():
        status, answer, _ = await api("POST", "", {"connection": provider.connection})
        return status, answer

    return post


@pytest.fixture
def finish(start, api):
    """Start a session there and wait until it isn't pending any more."""
    page = Page(api, None)

    async def run():
        status, session = await start()
        assert status == 201, session
        return await page.ended(session, "active", "failed")

    return run


@pytest.fixture
def start_kernel(jp_serverapp, jp_fetch, jp_asyncio_loop):
    """Start kernels, and end them after the test."""
    kernels = []

    async def start(**options):
        kernels.append(await ServerKernel.start(jp_serverapp, jp_fetch, **options))
        return kernels[-1]

    yield start
    for kernel in kernels:
        jp_asyncio_loop.run_until_complete(kernel.close())
