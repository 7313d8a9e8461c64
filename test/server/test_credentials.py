"""One flight for each scope, margins by the lifetime, faults that pass."""

import asyncio

import pytest
from support.stepped_clock import SteppedClock

from jupyterlab_cdf_auth.access_token import AccessToken, margin
from jupyterlab_cdf_auth.clock import Deadline
from jupyterlab_cdf_auth.credentials import PEACE, Credentials
from jupyterlab_cdf_auth.provider_errors import (
    ProviderError,
    Remedy,
    explain,
    sign_in_required,
    unreachable,
)

SCOPES = ("https://api.test/.default",)


class Source:
    """Gives tokens, or what it is told to raise."""

    def __init__(self, clock):
        self.clock = clock
        self.calls = []
        self.lifetime = 3600
        #: Seconds between the request and the answer.
        self.takes = 0
        self.error = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, scopes):
        self.calls.append(scopes)
        await self.gate.wait()
        if self.error:
            raise self.error
        deadline = Deadline(self.clock, self.lifetime - self.takes)
        return AccessToken(f"t{len(self.calls)}", scopes, deadline, self.lifetime)


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def source(clock):
    return Source(clock)


@pytest.fixture
def credentials(source, clock):
    return Credentials(source, clock)


async def test_a_hundred_at_once_make_one_request(credentials, source):
    source.gate.clear()
    waiting = [asyncio.ensure_future(credentials.get(SCOPES)) for _ in range(100)]
    await asyncio.sleep(0)
    # One that stops waiting doesn't stop the others.
    waiting.pop(0).cancel()
    source.gate.set()
    assert {token.text for token in await asyncio.gather(*waiting)} == {"t1"}
    assert source.calls == [SCOPES]


async def test_each_set_of_scopes_has_a_token_of_its_own(credentials, source):
    first = await credentials.get(("a", "b"))
    assert await credentials.get(("b", "a", "b")) is first
    assert await credentials.get(("a",)) is not first


@pytest.mark.parametrize(("lifetime", "expected"), [(3600, 120), (360, 120), (30, 10)])
async def test_renewed_by_the_margin(credentials, source, clock, lifetime, expected):
    assert margin(lifetime) == expected
    source.lifetime = lifetime
    first = await credentials.get(SCOPES)
    clock.advance(lifetime - expected - 0.1)
    assert await credentials.get(SCOPES) is first
    clock.advance(0.2)
    assert await credentials.get(SCOPES) is not first


async def test_min_ttl_is_met_but_never_more_than_a_token_can_give(
    credentials, source, clock
):
    first = await credentials.get(SCOPES)
    clock.advance(1800)
    assert await credentials.get(SCOPES, 1700) is first
    second = await credentials.get(SCOPES, 1900)
    assert second is not first
    assert await credentials.get(SCOPES, 10_000) is second


@pytest.mark.parametrize("which", ["monotonic", "wall"])
async def test_either_clock_can_say_that_a_token_has_expired(
    credentials, source, clock, which
):
    first = await credentials.get(SCOPES)
    before = getattr(clock, which)
    setattr(clock, which, lambda: before() + 3600)
    assert first.expires_in <= 0
    assert await credentials.get(SCOPES) is not first


async def test_a_wall_clock_that_is_set_back_gives_no_more_time(
    credentials, source, clock
):
    first = await credentials.get(SCOPES)
    clock.ahead -= 86400
    clock.advance(3600)
    assert await credentials.get(SCOPES) is not first


async def test_a_passing_fault_is_hidden_and_the_provider_left_in_peace(
    credentials, source, clock
):
    first = await credentials.get(SCOPES)
    source.error = unreachable("test")
    clock.advance(3500)
    for _ in range(10):
        assert await credentials.get(SCOPES) is first
    assert len(source.calls) == 2
    clock.advance(PEACE + 0.1)
    assert await credentials.get(SCOPES) is first
    assert len(source.calls) == 3
    # What is hidden while the token is good comes out when it isn't any more.
    clock.advance(100)
    with pytest.raises(ProviderError) as caught:
        await credentials.get(SCOPES)
    assert caught.value.code == "provider_unreachable"
    source.error = None
    clock.advance(PEACE + 0.1)
    assert (await credentials.get(SCOPES)).expires_in > 0


@pytest.mark.parametrize(("lifetime", "in_hand"), [(3600, 2), (60, 2), (6, 0.3)])
async def test_some_of_the_time_of_a_token_is_kept_in_hand(
    credentials, source, clock, lifetime, in_hand
):
    source.lifetime = lifetime
    first = await credentials.get(SCOPES)
    source.error = unreachable("test")
    clock.advance(lifetime - in_hand - 0.01)
    assert await credentials.get(SCOPES, 0) is first
    clock.advance(0.02)
    for min_ttl in (0, None):
        with pytest.raises(ProviderError) as caught:
            await credentials.get(SCOPES, min_ttl)
        assert caught.value.code == "provider_unreachable"


async def test_a_token_that_came_with_hardly_any_time_left_is_not_handed_out(
    credentials, source, clock
):
    source.lifetime, source.takes = 6, 5.8
    with pytest.raises(ProviderError) as caught:
        await credentials.get(SCOPES)
    assert (caught.value.code, caught.value.remedy) == ("provider_slow", Remedy.TIME)
    source.takes = 0
    clock.advance(PEACE + 0.1)
    assert await credentials.get(SCOPES)


@pytest.mark.parametrize(
    "error", [sign_in_required(), explain({"error": "consent_required"})]
)
async def test_a_fault_that_does_not_pass_is_told_at_once(
    credentials, source, clock, error
):
    await credentials.get(SCOPES)
    source.error = error
    clock.advance(3500)
    with pytest.raises(ProviderError) as caught:
        await credentials.get(SCOPES)
    assert caught.value is error


async def test_a_kernel_cannot_fill_the_memory_with_scopes(credentials, source):
    tokens = [await credentials.get((f"scope-{number}",)) for number in range(500)]
    remembered = [await credentials.get((f"scope-{n}",)) for n in range(499, 399, -1)]
    assert remembered == tokens[:399:-1]
    assert len(source.calls) == 500
    assert await credentials.get(("scope-0",)) is not tokens[0]


async def test_who_waits_when_all_is_forgotten_is_told(credentials, source):
    source.gate.clear()
    waiting = asyncio.ensure_future(credentials.get(SCOPES))
    await asyncio.sleep(0)
    credentials.clear()
    with pytest.raises(ProviderError) as caught:
        await waiting
    assert caught.value.code == "sign_in_required"
