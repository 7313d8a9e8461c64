"""A token's age on arrival counts, and some of its time is kept in hand."""

import pytest
from cdf_auth import TokenTimeout
from cdf_auth._sent_times import _MAX_KNOWN

LIFETIME = 8


def later(world, seconds, *, lifetime=LIFETIME, then=lambda: None):
    """Answer each question with a full token that is `seconds` on its way."""

    def answer(question):
        asked = dict(question)

        def arrive():
            then()
            replies.append(give(world, asked, lifetime))

        world.clock.at(seconds, arrive)

    replies = []
    world.port.answer = answer
    return replies


def give(world, question, lifetime):
    return world.say(
        "token",
        id=question["id"],
        session="s-1",
        scopes=question["scopes"],
        token=f"asked-{len(world.port.sent)}",
        expires_in=lifetime,
        lifetime=lifetime,
        sent=question["sent"],
    )


def left(world):
    return world.slot.held.left(world.clock)


@pytest.fixture
def attached(world):
    world.attach()
    return world


@pytest.mark.parametrize("seconds", [0.1, 0.9, 5.0])
def test_the_time_on_the_way_is_subtracted(attached, seconds):
    later(attached, seconds)
    assert attached.get_token()
    assert left(attached) == pytest.approx(LIFETIME - seconds)


def test_what_comes_too_late_is_refused_and_asked_for_again(attached):
    replies = later(attached, 10)
    attached.clock.at(9, lambda: attached.answer_all(lifetime=LIFETIME, expires_in=8))
    assert attached.get_token() == "token-1"
    assert attached.clock.now == pytest.approx(1009, abs=1)
    # The first of the late ones arrives after that, and changes nothing.
    attached.clock.advance(5)
    assert {one["code"] for one in replies} == {"late"}
    assert attached.slot.held.token == "token-1"
    assert len({one["id"] for one in attached.port.sent}) == 1


def test_a_holder_that_is_always_too_late_is_not_asked_without_pause(attached):
    later(attached, 10)
    with pytest.raises(TokenTimeout):
        attached.get_token(wait=60)
    assert len(attached.port.sent) <= 61


def test_a_sleep_of_the_machine_counts_though_one_clock_stands_still(attached):
    def sleep():
        attached.clock.ahead += 3

    later(attached, 0.1, then=sleep)
    assert attached.get_token()
    assert left(attached) == pytest.approx(LIFETIME - 3.1)


def test_a_wall_clock_that_is_set_back_makes_nothing_younger(attached):
    def set_back():
        attached.clock.ahead -= 3600

    later(attached, 5, then=set_back)
    assert attached.get_token()
    assert left(attached) == pytest.approx(LIFETIME - 5)


def test_a_wall_clock_that_is_set_forward_costs_one_more_question(attached):
    def set_forward():
        attached.clock.ahead += 3600
        later(attached, 0.1)

    replies = later(attached, 0.1, then=set_forward)
    assert attached.get_token()
    assert [one["code"] for one in replies] == ["late"]
    assert left(attached) == pytest.approx(LIFETIME - 0.1)


@pytest.mark.parametrize("sent", [0, 1_790_000_000.5, 1e15])
def test_a_time_that_was_never_told_makes_a_token_too_old(attached, sent):
    attached.port.answer = lambda question: give(
        attached, {**question, "sent": sent}, 3600
    )
    with pytest.raises(TokenTimeout):
        attached.get_token(wait=3)
    assert list(attached.agent.held_tokens()) == []


@pytest.mark.parametrize("off", [1e-7, -2e-7])
def test_the_last_bits_of_the_time_may_get_lost(attached, off):
    """Not every JSON parser on the way keeps them."""
    attached.port.answer = lambda question: give(
        attached, {**question, "sent": question["sent"] + off}, LIFETIME
    )
    assert attached.get_token(wait=1)


def test_a_wall_clock_that_stands_still_gives_each_question_a_time(attached):
    attached.clock.wall = lambda: 1_790_000_000.0
    replies = later(attached, 10)
    with pytest.raises(TokenTimeout):
        attached.get_token(wait=12)
    assert {one["code"] for one in replies} == {"late"}
    attached.answer_all(lifetime=LIFETIME, expires_in=LIFETIME)
    assert attached.get_token()


def test_after_a_sleep_a_new_token_takes_the_place_of_the_old_one(attached):
    """By the clock that stood still the old one lives longer."""
    attached.deliver("old", expires_in=3600)
    attached.clock.ahead += 4000
    attached.deliver("new", expires_in=1800)
    assert attached.get_token() == "new"


def test_the_time_of_a_greeting_serves_for_what_nobody_has_asked(attached):
    now = attached.hello()["now"]
    attached.clock.advance(10)
    attached.deliver("pushed", sent=now)
    assert left(attached) == 3590


def test_times_are_not_kept_without_end(attached):
    first = attached.hello()["now"]
    for _ in range(_MAX_KNOWN):
        attached.clock.advance(0.1)
        attached.hello()
    times = attached.agent.state.sent_times
    assert times.age(first) == float("inf")
    assert times.age(attached.hello()["now"]) == 0


@pytest.mark.parametrize(
    ("lifetime", "in_hand"), [(3600, 2), (60, 2), (20, 1), (6, 0.3)]
)
def test_some_of_its_time_is_kept_in_hand(attached, lifetime, in_hand):
    """The provider is away: the old token is used, but not to its very end."""
    attached.answer_all(lifetime=lifetime, expires_in=lifetime)
    assert attached.get_token() == "token-1"
    attached.port.answer = lambda question: attached.say(
        "waiting", id=question["id"], session="s-1", reason="provider_unreachable"
    )
    attached.clock.advance(lifetime - in_hand - 0.01)
    assert attached.get_token(min_ttl=0) == "token-1"
    attached.clock.advance(0.02)
    with pytest.raises(TokenTimeout):
        attached.get_token(min_ttl=0, wait=2)


def test_an_answer_without_that_much_is_refused(attached):
    attached.port.answer = lambda question: replies.append(
        attached.say(
            "token",
            id=question["id"],
            session="s-1",
            scopes=question["scopes"],
            token="short",
            expires_in=1.9,
            lifetime=3600,
            sent=question["sent"],
        )
    )
    replies = []
    with pytest.raises(TokenTimeout):
        attached.get_token(wait=1)
    assert {one["code"] for one in replies} == {"late"}
