"""A credential says what a token is good for, and asks for nothing that can't be."""

import asyncio
import pickle

import cdf_auth
import pytest
from cdf_auth import (
    BadScopes,
    ProjectUnknown,
    SignInRequired,
    TokenRefused,
    credential,
)
from cdf_auth._credential import Credential
from cdf_auth._source import another
from support.fake_clock import STORAGE

#: The wall clock of `FakeClock` at its start (s).
START = 1000 + 1_790_000_000


@pytest.fixture
def own(served, monkeypatch):
    """Return the agent's surroundings; it is the one that the package asks."""
    for module in ("_source", "_place"):
        monkeypatch.setattr(f"cdf_auth.{module}.agent", lambda: served.agent)
    return served


def test_the_expiry_is_counted_from_the_seconds_that_are_left(own):
    own.answer_all(expires_in=3000)
    given = credential.get_token(STORAGE)
    assert (given.token, given.expires_on) == ("token-1", START + 3000)
    assert type(given.expires_on) is int
    own.clock.advance(1200.4)
    # By the wall clock it stays where it is.
    assert credential.get_token(STORAGE) == ("token-1", START + 3000)


def test_the_expiry_goes_by_the_clock_that_says_less(own):
    own.answer_all(expires_in=3000)
    credential.get_token(STORAGE)
    # The machine was suspended: only the wall clock has gone on.
    own.clock.ahead += 1000
    assert credential.get_token(STORAGE).expires_on == START + 3000
    # It was set back: the monotonic clock knows better.
    own.clock.ahead -= 2000
    assert credential.get_token(STORAGE).expires_on == START - 1000 + 3000


@pytest.mark.parametrize(("lifetime", "margin"), [(3600, 60), (20, 5)])
def test_a_client_comes_back_before_the_margin(own, lifetime, margin):
    own.answer_all(expires_in=lifetime, lifetime=lifetime)
    info = credential.get_token_info(STORAGE)
    assert info.token_type == "Bearer"
    # azure-core adds up to 60 seconds of its own.
    assert info.refresh_on + 60 <= info.expires_on - margin
    own.clock.advance(lifetime - margin + 1)
    assert credential.get_token_info(STORAGE).token != info.token


def test_claims_have_a_new_token_fetched(own):
    first = credential.get_token(STORAGE).token
    own.clock.advance(600)
    assert credential.get_token(STORAGE).token == first
    assert credential.get_token(STORAGE, claims="{}").token != first
    second = credential.get_token(STORAGE).token
    options = {"claims": "{}", "tenant_id": "t", "enable_cae": True, "more": 1}
    own.clock.advance(600)
    assert credential.get_token_info(STORAGE, options=options).token != second


def test_a_refused_token_is_replaced_once_for_all_whom_it_failed(own):
    context = own.agent.context()
    refused = context.get_token(STORAGE)
    own.clock.advance(600)
    newer = another(context, (STORAGE,), refused)
    asked = len(own.port.sent)
    assert newer != refused
    assert another(context, (STORAGE,), refused) == newer
    assert len(own.port.sent) == asked


def test_a_pinned_credential_stays_with_its_sign_in(own):
    pinned = [
        own.agent.context().credential,
        credential.for_project(),
        credential.for_project("north", "westeurope-1"),
    ]
    own.select("s-2", "south", account="bob@contoso.test")
    for number, one in enumerate(pinned):
        one.get_token(f"{STORAGE}{number}")
        asyncio.run(one.aio.get_token(f"{STORAGE}-async-{number}"))
    assert [one["session"] for one in own.port.sent] == ["s-1"] * 6
    credential.get_token(STORAGE)
    assert own.port.sent[-1]["session"] == "s-2"
    assert repr(pinned[1]) == "<credential for 'north' on 'westeurope-1'>"


def test_a_credential_for_another_cluster_knows_its_scope(own, monkeypatch):
    monkeypatch.setattr("cdf_auth._place.projects_at", lambda url, token: ["rig-7"])
    other = credential.for_project("rig-7", "az-eastus-1")
    assert other.scopes == ("https://az-eastus-1.cognitedata.com/.default",)
    assert other.base_url == "https://az-eastus-1.cognitedata.com"
    assert other.get_token(*other.scopes).token == "token-1"
    assert credential.for_project().scopes == own.agent.context().scopes
    with pytest.raises(ProjectUnknown, match="It can see: rig-7"):
        credential.for_project("north", "az-eastus-1")


def test_the_async_twin_gives_the_same(own):
    async def ask():
        async with credential.aio as twin:
            given = await twin.get_token(STORAGE)
            info = await twin.get_token_info(STORAGE, options=None)
            own.clock.advance(600)
            newer = await twin.get_token(STORAGE, claims="{}")
        await twin.close()
        return given, info.token, newer.token

    given, info, newer = asyncio.run(ask())
    assert (given.token, given.expires_on) == ("token-1", START + 3600)
    assert info == "token-1"
    assert newer == "token-2"


def test_no_token_shows_where_one_is_shown(own):
    own.deliver("very-secret", scopes=[STORAGE])
    for shown in (credential.get_token(STORAGE), credential.get_token_info(STORAGE)):
        assert shown.token == "very-secret"
        assert "very-secret" not in repr(shown)
    assert "very-secret" not in repr(cdf_auth.headers(STORAGE))
    assert cdf_auth.headers(STORAGE) == {"Authorization": "Bearer very-secret"}


USES = {
    "get_token": credential.get_token,
    "get_token_info": credential.get_token_info,
    "async": lambda *scopes: asyncio.run(credential.aio.get_token(*scopes)),
    "async info": lambda *scopes: asyncio.run(credential.aio.get_token_info(*scopes)),
    "headers": cdf_auth.headers,
    "httpx_auth": cdf_auth.httpx_auth,
    "requests_auth": cdf_auth.requests_auth,
}


@pytest.mark.parametrize("use", USES)
def test_scopes_that_make_no_sense_are_refused_before_anyone_is_asked(own, use):
    with pytest.raises(BadScopes) as caught:
        USES[use](STORAGE, "https://vault.azure.net/.default")
    assert caught.value.code == "scopes_mixed"
    assert "https://storage.azure.com, https://vault.azure.net" in str(caught.value)
    for wrong in (1, None, b"a"):
        with pytest.raises(TypeError, match="A scope must be a str"):
            USES[use](wrong)
    with pytest.raises(ValueError, match="1 to 512 characters"):
        USES[use]("")
    assert own.port.sent == []


@pytest.mark.parametrize("use", list(USES)[:4])
def test_a_credential_wants_to_know_the_resource(own, use):
    with pytest.raises(BadScopes) as caught:
        USES[use]()
    assert caught.value.code == "scopes_missing"
    assert isinstance(caught.value, ValueError)
    assert own.port.sent == []


@pytest.mark.parametrize(
    "scopes",
    [
        ("https://a/.default", "https://a//x", "openid", "offline_access"),
        ("User.Read", "https://graph.microsoft.com/Mail.Read"),
        ("api://1/a", "api://1/b"),
    ],
)
def test_scopes_of_one_resource_belong_together(own, scopes):
    assert credential.get_token(*scopes).token == "token-1"


@pytest.mark.parametrize(
    "options", [{"claims": 1}, {"tenant_id": 1}, {"enable_cae": "yes"}]
)
def test_options_of_the_wrong_type(own, options):
    with pytest.raises(TypeError, match=next(iter(options))):
        credential.get_token(STORAGE, **options)
    with pytest.raises(TypeError, match=next(iter(options))):
        credential.get_token_info(STORAGE, options=options)
    with pytest.raises(TypeError, match="options must be a dict"):
        credential.get_token_info(STORAGE, options=1)
    assert own.port.sent == []


def test_a_missing_consent_keeps_its_text_and_link(own):
    said = (
        "AADSTS65001: The user or administrator has not consented. "
        "https://login.microsoftonline.com/error?code=65001"
    )
    own.port.answer = lambda question: own.say(
        "error",
        id=question["id"],
        session="s-1",
        code="consent_required",
        message=said,
        action="Ask an administrator to grant consent.",
    )
    for ask in (credential.get_token, own.agent.context().credential.get_token):
        with pytest.raises(TokenRefused) as caught:
            ask(STORAGE)
        assert caught.value.code == "consent_required"
        assert said in str(caught.value)


def test_errors_and_credentials_reach_other_processes():
    error = ProjectUnknown("a", "https://b", ["c"])
    copies = [pickle.loads(pickle.dumps(one)) for one in (error, BadScopes.missing())]
    assert copies[0].projects == ["c"]
    assert [str(one) for one in copies] == [str(error), str(BadScopes.missing())]
    assert type(pickle.loads(pickle.dumps(credential))) is Credential


def test_a_credential_ends_with_its_sign_in(own):
    pinned = own.agent.context().credential
    own.say("bye", session="s-1")
    for one in (pinned, Credential()):
        with pytest.raises(SignInRequired):
            one.get_token(STORAGE)
