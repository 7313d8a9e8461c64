"""Runs without JupyterLab, on a fake clock."""

import asyncio
import threading

import pytest
from cdf_auth import (
    EnvironmentIncomplete,
    EnvironmentUnusable,
    NoSession,
    SignInRequired,
    TokenRefused,
    TokenTimeout,
    _https,
)
from cdf_auth._agent import Agent
from cdf_auth._cache import Slot
from cdf_auth._clock import SystemClock
from cdf_auth._headless import Headless, NoKernel
from support.fake_clock import STORAGE, World
from support.headless_environment import CLIENT, SCOPE, TOKEN, FakeService, jwt


@pytest.fixture
def service(monkeypatch):
    fake = FakeService()
    monkeypatch.setattr(_https, "ask", fake)
    return fake


@pytest.fixture
def headless(service):
    """Return an agent in a kernel to which nobody comes, in a job's environment."""
    return World(dict(CLIENT))


def elapsed(world, call):
    start = world.clock.now
    call()
    return world.clock.now - start


def test_three_seconds_once(headless, service):
    assert elapsed(headless, headless.get_token) == 3
    assert elapsed(headless, headless.get_token) == 0
    headless.clock.advance(3600)
    assert elapsed(headless, headless.get_token) == 0
    assert len(service.forms) == 2


def test_the_context_is_that_of_the_environment(headless):
    context = headless.agent.context()
    assert context.connection == "environment"
    assert (context.cluster, context.project) == ("westeurope-1", "plant-north")
    assert context.base_url == "https://westeurope-1.cognitedata.com"
    assert context.account == "pipeline-1"
    assert context.get_token() == "token-1"


def test_what_is_sent(headless, service):
    headless.get_token()
    assert service.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": "pipeline-1",
            "client_secret": CLIENT["IDP_CLIENT_SECRET"],
            "audience": "https://westeurope-1.cognitedata.com",
        }
    ]


def test_a_cached_call_reads_the_slot(headless):
    token = headless.get_token()
    assert headless.slot.held.token is token


@pytest.mark.parametrize(
    ("lifetime", "fresh", "stale"), [(3600, 3538, 3540), (20, 14.2, 14.3)]
)
def test_renewal_has_the_margins_of_every_token(
    headless, service, lifetime, fresh, stale
):
    service.lifetime = lifetime
    assert headless.get_token() == "token-1"
    headless.clock.advance(fresh)
    assert headless.get_token() == "token-1"
    headless.clock.advance(stale - fresh)
    assert headless.get_token() == "token-2"


def test_no_question_is_published_once_the_environment_is_followed(headless):
    headless.get_token()
    sent = len(headless.port.sent)
    headless.get_token(STORAGE)
    headless.clock.advance(4000)
    headless.get_token()
    assert len(headless.port.sent) == sent
    assert headless.hello()["open"] == []


def test_other_scopes_are_asked_for_by_themselves(headless, service):
    assert headless.get_token() == "token-1"
    assert headless.get_token(STORAGE) == "token-2"
    assert headless.get_token(STORAGE) == "token-2"
    assert service.forms[-1]["scope"] == STORAGE


def test_more_than_a_fresh_token_has(headless):
    headless.get_token()
    assert headless.get_token(min_ttl=86400) == "token-2"


def test_async(headless):
    assert asyncio.run(headless.agent.get_token_async(())) == "token-1"


# A holder comes first.


def test_a_holder_that_comes_in_time_wins(headless, service):
    headless.clock.at(2.5, headless.attach)
    headless.clock.at(2.6, headless.answer_all)
    assert headless.get_token() == "token-1"
    assert headless.agent.context().connection == "Contoso"
    assert service.forms == []


def test_a_holder_without_a_sign_in_is_waited_for(headless, service):
    headless.hello()
    with pytest.raises(TokenTimeout, match="JupyterLab"):
        headless.get_token(wait=60)
    assert service.forms == []


def test_a_holder_that_comes_later_wins(headless):
    headless.get_token()
    pinned = headless.agent.context()
    assert headless.hello()["session"] is None
    headless.select()
    headless.answer_all()
    assert headless.agent.context().connection == "Contoso"
    assert headless.get_token() == "token-1"
    assert headless.port.sent[-1]["session"] == "s-1"
    headless.clock.advance(4000)
    assert pinned.get_token() == "token-2"
    assert pinned.account == "pipeline-1"


def test_a_holder_that_comes_in_the_middle_of_a_cell_wins_after_it(headless):
    headless.agent.cell_starts("cell-1", None)
    headless.get_token()
    headless.hello()
    headless.select()
    assert headless.agent.context().connection == "environment"
    headless.agent.cell_ends()
    assert headless.agent.context().connection == "Contoso"


def test_who_signs_out_in_the_panel_has_signed_out(headless):
    headless.get_token()
    headless.attach()
    headless.say("bye", session=None)
    with pytest.raises(SignInRequired):
        headless.get_token()


# Limits and faults.


def test_less_patience_than_three_seconds(headless):
    with pytest.raises(TokenTimeout, match="no answer yet"):
        headless.get_token(wait=1)
    headless.clock.advance(2)
    assert elapsed(headless, lambda: headless.get_token(wait=1)) == 0


def test_nothing_in_the_environment():
    world = World({"IDP_CLIENT_ID": "other-tool", "CDF_PROJECT": "plant-north"})
    for _ in range(2):
        with pytest.raises(NoSession, match="LOGIN_FLOW"):
            world.get_token()


def test_an_incomplete_environment_can_be_completed(headless):
    secret = headless.environ.pop("IDP_CLIENT_SECRET")
    with pytest.raises(EnvironmentIncomplete):
        headless.get_token()
    start = headless.clock.now
    with pytest.raises(EnvironmentIncomplete):
        headless.get_token()
    assert headless.clock.now == start
    headless.environ["IDP_CLIENT_SECRET"] = secret
    assert headless.get_token() == "token-1"


def test_a_service_that_is_down_for_a_while(headless, service):
    service.fall_silent()
    headless.clock.at(3 + 20, service.recover)
    headless.get_token()
    assert 3 + 20 <= headless.clock.now - 1000 <= 3 + 40
    assert len(service.forms) < 8


def test_a_service_that_stays_down(headless, service):
    service.fall_silent()
    with pytest.raises(TokenRefused) as caught:
        headless.get_token()
    assert caught.value.code == "provider_unreachable"
    assert 3 + 45 <= headless.clock.now - 1000 <= 3 + 60
    # The next call tries again.
    service.recover()
    assert headless.get_token().startswith("token-")


def test_a_refusal_is_told_at_once(headless, service):
    service.refuse()
    with pytest.raises(TokenRefused, match="AADSTS7000222") as caught:
        headless.get_token()
    assert caught.value.code == "invalid_client"
    assert len(service.forms) == 1


@pytest.mark.parametrize("fault", ["fall_silent", "refuse"])
def test_a_token_that_is_still_good_is_given_while_there_is_no_other(
    headless, service, fault
):
    headless.get_token()
    headless.clock.advance(3550)
    getattr(service, fault)()
    assert elapsed(headless, headless.get_token) == 0
    assert headless.get_token() == "token-1"
    headless.clock.advance(51)
    with pytest.raises(TokenRefused):
        headless.get_token()


def test_a_fault_of_ours_reaches_who_waits(headless, service):
    service.fault = ZeroDivisionError("with the secret in it")
    with pytest.raises(TokenRefused, match="ZeroDivisionError") as caught:
        headless.get_token()
    assert "with the secret" not in str(caught.value)


# The environment changes.


def test_variables_that_are_taken_away_stay_in_use(headless, service):
    headless.get_token()
    headless.environ.clear()
    headless.clock.advance(4000)
    assert headless.get_token() == "token-2"
    assert service.forms[1] == service.forms[0]


def test_a_secret_that_is_replaced_is_used(headless, service):
    headless.get_token()
    headless.environ["IDP_CLIENT_SECRET"] = "the-next"
    headless.clock.advance(4000)
    headless.get_token()
    assert service.forms[-1]["client_secret"] == "the-next"


@pytest.mark.parametrize(
    "changes", [{"IDP_CLIENT_ID": "another"}, {"CDF_PROJECT": "plant-south"}]
)
def test_variables_of_someone_else_are_not_used(headless, service, changes):
    headless.get_token()
    headless.environ.update(changes, IDP_CLIENT_SECRET="the-next")
    headless.clock.advance(4000)
    headless.get_token()
    assert service.forms[1] == service.forms[0]


def test_an_api_key_is_warned_of_once(headless, capsys):
    headless.environ["COGNITE_API_KEY"] = "an-old-key"
    for _ in range(3):
        headless.get_token()
        headless.clock.advance(4000)
    err = capsys.readouterr().err
    assert err.count("COGNITE_API_KEY") == 1
    assert err.count("\n") == 1
    assert "an-old-key" not in err


# CDF_TOKEN.


@pytest.fixture
def fixed():
    world = World(dict(TOKEN))
    now = world.clock.wall()
    world.environ["CDF_TOKEN"] = jwt(exp=now + 3600, iat=now)
    return world


def test_a_fixed_token(fixed):
    assert fixed.get_token() == fixed.environ["CDF_TOKEN"]
    assert fixed.agent.context().account == ""
    assert fixed.get_token(SCOPE) == fixed.environ["CDF_TOKEN"]


def test_a_fixed_token_is_given_until_it_expires(fixed):
    fixed.clock.advance(3550)
    assert fixed.get_token() == fixed.environ["CDF_TOKEN"]
    fixed.clock.advance(60)
    with pytest.raises(EnvironmentUnusable, match="has expired at 20") as caught:
        fixed.get_token()
    assert caught.value.code == "environment_token_expired"
    assert "client_credentials" in caught.value.action
    assert fixed.environ["CDF_TOKEN"] not in str(caught.value)


@pytest.mark.parametrize("issued", [-10, 3600, 4000])
def test_a_fixed_token_says_that_it_has_expired_whatever_else_it_says(fixed, issued):
    now = fixed.clock.wall()
    fixed.environ["CDF_TOKEN"] = jwt(exp=now + 1, iat=now + issued)
    fixed.clock.advance(10)
    with pytest.raises(EnvironmentUnusable) as caught:
        fixed.get_token()
    assert caught.value.code == "environment_token_expired"


def test_a_fixed_token_can_be_replaced(fixed):
    fixed.get_token()
    fixed.clock.advance(4000)
    fixed.environ["CDF_TOKEN"] = jwt(exp=fixed.clock.wall() + 3600)
    assert fixed.get_token() == fixed.environ["CDF_TOKEN"]


def test_a_fixed_token_serves_one_api(fixed):
    with pytest.raises(TokenRefused) as caught:
        fixed.get_token(STORAGE)
    assert caught.value.code == "scope_unavailable"


@pytest.mark.parametrize("token", ["Bearer abc", '"abc"', "a b", "é", "a" * 40000])
def test_what_is_no_token(fixed, token):
    fixed.environ["CDF_TOKEN"] = token
    with pytest.raises(EnvironmentUnusable, match="CDF_TOKEN") as caught:
        fixed.get_token()
    assert caught.value.code == "environment_invalid"


@pytest.mark.parametrize(
    "token",
    [
        "opaque",
        "a.b.c",
        jwt(exp="tomorrow"),
        jwt(exp=True),
        jwt(exp=float("nan")),
        jwt(exp=-1),
        jwt(exp=10**400),
        jwt(exp=1e300),
        jwt(),
        "W10.W10.W10",
    ],
)
def test_a_token_that_does_not_say_how_long_it_lives_is_looked_at_again(fixed, token):
    fixed.environ["CDF_TOKEN"] = token
    assert fixed.get_token() == token
    fixed.environ["CDF_TOKEN"] = "another"
    fixed.clock.advance(200)
    assert fixed.get_token() == token
    fixed.clock.advance(200)
    assert fixed.get_token() == "another"


# Threads and processes.


def test_one_request_for_many_threads(monkeypatch):
    service, go, asked = FakeService(), threading.Event(), threading.Event()

    def slow(*arguments, **options):
        asked.set()
        assert go.wait(30)
        return service(*arguments, **options)

    monkeypatch.setattr(_https, "ask", slow)
    clock = SystemClock()
    agent = Agent(NoKernel(), clock, Slot(), Headless(clock, CLIENT))
    assert agent.fall_back()
    tokens = []
    threads = [
        threading.Thread(target=lambda: tokens.append(agent.get_token(())))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    assert asked.wait(30)
    go.set()
    for thread in threads:
        thread.join(30)
    assert tokens == ["token-1"] * 50
    assert len(service.forms) == 1


def test_a_limit_ends_the_wait_and_not_the_request(monkeypatch):
    service, go = FakeService(), threading.Event()

    def slow(*arguments, **options):
        assert go.wait(30)
        return service(*arguments, **options)

    monkeypatch.setattr(_https, "ask", slow)
    clock = SystemClock()
    agent = Agent(NoKernel(), clock, Slot(), Headless(clock, CLIENT))
    agent.fall_back()
    with pytest.raises(TokenTimeout, match="no answer yet"):
        agent.get_token((), wait=0.05)
    go.set()
    assert agent.get_token((), wait=30) == "token-1"
    assert len(service.forms) == 1


def test_a_forked_child_does_not_wait_for_a_holder(headless):
    headless.agent.forked_child()
    assert elapsed(headless, headless.get_token) == 0


def test_a_forked_child_asks_by_itself(headless, service):
    key = (headless.agent.headless.session, ())
    headless.get_token()
    # The parent's thread is about to bring it.
    headless.agent.headless.flying.add(key)
    headless.clock.advance(4000)
    headless.agent.forked_child()
    assert headless.get_token() == "token-2"


def test_a_child_of_a_kernel_with_a_holder_follows_the_holder(headless, service):
    headless.attach()
    headless.answer_all()
    token = headless.get_token()
    headless.agent.forked_child()
    assert headless.get_token() is token
    assert service.forms == []


def test_logs_are_kept_free_of_the_secret(headless):
    token = headless.get_token()
    assert set(headless.agent.held_tokens()) == {
        str(token),
        CLIENT["IDP_CLIENT_SECRET"],
    }
