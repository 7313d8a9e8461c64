"""Tokens are good until either clock says otherwise, and renewed in time."""

import copy
import pickle
import pprint
import reprlib

import pytest
from cdf_auth._cache import NOTHING, Held
from cdf_auth._token import Token
from support.fake_clock import FakeClock


@pytest.fixture
def clock():
    return FakeClock()


@pytest.mark.parametrize(
    ("lifetime", "fresh_for"), [(3600, 3540), (240, 180), (20, 15), (0.4, 0.3)]
)
def test_the_margin_scales_with_the_lifetime(clock, lifetime, fresh_for):
    held = Held(Token("t"), lifetime, lifetime, clock)
    clock.advance(fresh_for * 0.999)
    assert held.is_good(None, clock)
    clock.advance(fresh_for * 0.002)
    assert not held.is_good(None, clock)


def test_min_ttl(clock):
    held = Held(Token("t"), 100, 3600, clock)
    assert held.is_good(99, clock)
    assert not held.is_good(100, clock)
    assert held.is_good(0, clock)
    clock.advance(100)
    assert not held.is_good(0, clock)


def test_a_suspended_machine_stops_one_clock_only(clock):
    held = Held(Token("t"), 3600, 3600, clock)
    clock.ahead += 3600
    assert not held.is_good(None, clock)
    assert not held.is_good(0, clock)


def test_a_wall_clock_that_is_set_back_gives_no_more_time(clock):
    held = Held(Token("t"), 3600, 3600, clock)
    clock.ahead -= 86400
    clock.advance(3600)
    assert not held.is_good(0, clock)


def test_nothing_is_never_good(clock):
    assert not NOTHING.is_good(None, clock)
    assert not NOTHING.is_good(0, clock)


def test_a_token_is_hidden_where_a_repr_is_shown():
    token = Token("secret")
    shown = [repr(token), repr([token]), f"{token!r}", pprint.pformat({"a": token})]
    shown += [reprlib.repr(token), repr(copy.copy(token)), repr(copy.deepcopy(token))]
    assert not any("secret" in one for one in shown)


def test_a_token_is_a_str_in_every_other_respect():
    token = Token("secret")
    assert f"Bearer {token}" == "Bearer secret"
    assert token == "secret"
    assert {token: 1}["secret"] == 1


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_token_pickles_to_a_plain_str(protocol):
    data = pickle.dumps(Token("secret"), protocol)
    assert b"cdf_auth" not in data
    assert type(pickle.loads(data)) is str
