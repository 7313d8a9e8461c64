"""A sign-in that is called off in the middle of a poll isn't polled any more."""

import asyncio

import pytest
from support.fake_cdf import http_answer
from support.patience import LIMIT, until
from support.session_client import Page

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

PENDING = http_answer(400, {"error": "authorization_pending"})


@pytest.fixture
def cdf_auth_config(provider):
    return provider.config


@pytest.fixture
def page(quick, api):
    return Page(api, None)


class Poll:
    """The poll that has come to the provider, and waits for its answer."""

    def __init__(self, provider):
        self._provider = provider
        self._came = asyncio.Event()
        self._may_end = asyncio.Event()
        provider.token = self._answer

    async def wait(self):
        await asyncio.wait_for(self._came.wait(), LIMIT)

    def end(self):
        """Answer it, and all later ones at once: nobody has signed in yet."""
        self._may_end.set()

    async def _answer(self):
        self._came.set()
        await self._may_end.wait()
        yield PENDING


async def start(page, provider, device_code):
    provider.device = {"device_code": device_code}
    return await page.call("POST", "", {"connection": provider.connection}, 201)


def polls(provider, device_code):
    asked = provider.asked(b"/token ")
    return sum(f"device_code={device_code}".encode() in one for one in asked)


async def test_by_its_user(page, provider):
    poll = Poll(provider)
    session = await start(page, provider, "first")
    await poll.wait()
    await page.call("DELETE", session["id"], status=204)
    await page.call("GET", session["id"], status=404)
    assert (await page.call("GET"))["sessions"] == []
    poll.end()
    # In the time in which another one is polled again and again.
    await start(page, provider, "second")
    await until(lambda: polls(provider, "second") >= 5)
    assert polls(provider, "first") == 1


async def test_by_a_server_that_stops(page, provider, jp_serverapp):
    poll = Poll(provider)
    await start(page, provider, "first")
    await poll.wait()
    assert own_tasks()
    [app] = jp_serverapp.extension_manager.extension_apps["jupyterlab_cdf_auth"]
    await app.stop_extension()
    assert (await page.call("GET"))["sessions"] == []
    poll.end()
    # Where nothing is done any more, nothing is polled.
    await until(lambda: not own_tasks())
    assert polls(provider, "first") == 1


def own_tasks():
    """Give what the extension is at besides answering requests."""
    running = (task.get_coro().cr_code.co_filename for task in asyncio.all_tasks())
    return [file for file in running if "jupyterlab_cdf_auth" in file]
