"""How often the provider is polled, by RFC 8628, section 3.5."""

import pytest
from support.fake_cdf import http_answer
from support.fake_provider import token_answer
from support.session_client import Page
from support.stepped_clock import SteppedClock

from jupyterlab_cdf_auth import CdfAuth

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]
PENDING = http_answer(400, {"error": "authorization_pending"})
SLOW_DOWN = http_answer(400, {"error": "slow_down"})


@pytest.fixture
def clock(monkeypatch):
    fake = SteppedClock()
    monkeypatch.setattr(CdfAuth, "clock", fake)
    return fake


@pytest.fixture
def cdf_auth_config(provider):
    return provider.config


@pytest.fixture
def finish(clock, api, provider):
    """Sign in with these answers of the token endpoint, one after the other."""

    async def run(*answers):
        script = iter(answers)
        provider.token = lambda: next(script, PENDING)
        _, session, _ = await api("POST", "", {"connection": provider.connection})
        return await Page(api, None).ended(session, "active", "failed")

    return run


DONE = http_answer(200, token_answer())


async def test_the_interval_is_kept(finish, clock, provider):
    provider.device = {"interval": 7}
    assert (await finish(PENDING, PENDING, DONE))["status"] == "active"
    assert clock.sleeps == [7, 7, 7]


@pytest.mark.parametrize("interval", [None, "5"])
async def test_the_usual_interval_is_five_seconds(finish, clock, provider, interval):
    provider.device = {"interval": interval}
    await finish(PENDING, DONE)
    assert clock.sleeps == [5, 5]


async def test_slow_down_adds_five_seconds_for_good(finish, clock):
    await finish(SLOW_DOWN, PENDING, SLOW_DOWN, DONE)
    assert clock.sleeps == [5, 10, 10, 15]


@pytest.mark.parametrize(("interval", "kept"), [(0, 1), (-3, 1), (1e6, 60)])
async def test_an_interval_that_makes_no_sense(finish, clock, provider, interval, kept):
    provider.device = {"interval": interval}
    await finish(DONE)
    assert clock.sleeps == [kept]


async def test_a_code_is_polled_until_it_expires_and_not_longer(
    finish, clock, provider
):
    provider.device = {"expires_in": 60}
    session = await finish()
    assert session["problem"]["code"] == "code_expired"
    assert clock.sleeps == [5] * 12
    assert len(provider.asked(b"/token")) == 12


async def test_a_wall_clock_that_jumps_ends_no_sign_in(finish, clock, monkeypatch):
    async def sleep(seconds):
        clock.ahead += 86400
        await SteppedClock.sleep(clock, seconds)

    monkeypatch.setattr(clock, "sleep", sleep)
    session = await finish(PENDING, PENDING, DONE)
    assert session["status"] == "active"
