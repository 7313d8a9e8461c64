"""A renewal that is begun again while somebody finishes the one before."""

import asyncio

import pytest
from support.fake_cdf import http_answer
from support.fake_provider import token_answer
from support.patience import LIMIT
from support.session_client import Page
from support.session_fixtures import QuickClock

from jupyterlab_cdf_auth import CdfAuth

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

DONE = http_answer(200, token_answer())
PENDING = http_answer(400, {"error": "authorization_pending"})


@pytest.fixture
def cdf_auth_config(provider):
    return {**provider.config, "provider_timeout": LIMIT}


@pytest.fixture
def ended(finish, api, provider, monkeypatch):
    """Sign in, and let that end an hour later."""

    async def run():
        provider.token = DONE
        session = await finish()
        later = lambda: QuickClock.monotonic() + 3600  # noqa: E731
        monkeypatch.setattr(CdfAuth.clock, "monotonic", later)
        provider.token = http_answer(400, {"error": "invalid_grant"})
        body = {"baseUrl": session["connection"]["baseUrl"]}
        status, _, _ = await api("POST", f"{session['id']}/inspect", body)
        assert status == 409
        provider.token = PENDING
        return session

    return run


async def test_who_has_just_signed_in_is_not_asked_again(ended, api, provider):
    page = Page(api, None)
    session = await ended()
    body = {"connection": provider.connection, "session": session["id"]}
    first = await page.call("POST", "", body, 201)
    assert first["status"] == "pending"

    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def late():
        asked.set()
        await may_answer.wait()
        code = {"user_code": "SECOND", "device_code": "2", "expires_in": 900}
        page = {"verification_uri": "https://login.test/device", "interval": 5}
        yield http_answer(200, {**code, **page})

    provider.device = late()
    second = asyncio.ensure_future(page.call("POST", "", body, 201))
    await asked.wait()
    provider.token = DONE
    await page.ended(session, "active")
    may_answer.set()
    told = await second
    assert (told["status"], told["device"]) == ("active", None)
