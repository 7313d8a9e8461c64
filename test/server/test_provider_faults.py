"""A provider that misbehaves: each fault has a clear error, and none does harm."""

import pytest
from support.fake_cdf import http_answer
from support.fake_provider import ACCESS, TRACE, endless, token_answer
from support.session_client import Page

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

METADATA_ADDRESS = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture
def cdf_auth_config(provider):
    return provider.config


RAW = {
    "a page": (http_answer(200, b"<html>Accept the terms"), "not a JSON object"),
    "nothing": (b"", "not HTTP"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
    "a list": (http_answer(200, [1]), "not a JSON object"),
    "half": (http_answer(200, b'{"access_token": "' + ACCESS.encode()), "JSON object"),
    "not text": (http_answer(200, b"\xff\xfe{}"), "not a JSON object"),
    "nested": (http_answer(200, b"[" * 100_000), "not a JSON object"),
    "a fault": (http_answer(500, {"error": "server_error"}), "HTTP status 500"),
    "a redirect": (
        http_answer(302, b"", Location=METADATA_ADDRESS),
        "HTTP status 302",
    ),
}


@pytest.mark.parametrize("endpoint", ["discovery", "device"])
@pytest.mark.parametrize("kind", RAW)
async def test_a_bad_answer_is_named(start, provider, endpoint, kind):
    raw, told = RAW[kind]
    setattr(provider, endpoint, raw)
    status, answer = await start()
    assert (status, answer["code"]) == (502, "provider_bad_answer")
    assert told in answer["message"]
    assert ACCESS not in str(answer)
    asked = provider.requests
    assert len(asked) == {"discovery": 1, "device": 2}[endpoint]


@pytest.mark.parametrize(
    "changes",
    [
        {"user_code": None},
        {"user_code": 7},
        {"user_code": "<script>"},
        {"device_code": None},
        {"verification_uri": None},
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": "http://elsewhere.test/device"},
        {"expires_in": -1},
        {"expires_in": 0},
        {"expires_in": "soon"},
        {"interval": "often"},
        {"interval": []},
    ],
    ids=str,
)
async def test_a_code_that_cannot_be_used_is_refused(start, provider, changes):
    provider.device = changes
    status, answer = await start()
    assert (status, answer["code"]) == (502, "provider_bad_answer")


@pytest.mark.parametrize(
    "endpoint",
    ["token_endpoint", "device_authorization_endpoint"],
)
@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.test/token",
        "http://127.0.0.1/token",
        METADATA_ADDRESS,
        "https://{host}@elsewhere.test/token",
        "https://127.0.0.1:1/token",
        "file:///etc/passwd",
        "https://{host}\\@elsewhere.test/token",
        "//elsewhere.test/token",
    ],
)
async def test_an_endpoint_elsewhere_is_never_asked(
    finish, start, provider, endpoint, url
):
    provider.discovery = {endpoint: url.replace("{host}", provider.host)}
    status, answer = await start()
    if status == 201:
        answer = (await finish())["problem"]
    assert answer["code"] in {"provider_unusable", "provider_bad_answer"}
    assert provider.asked(b"/token") == []


async def test_a_missing_tenant_keeps_microsofts_words(start, provider):
    text = "AADSTS90002: Tenant 'tenant' not found."
    body = {"error": "invalid_tenant", "error_description": text + TRACE}
    provider.discovery = http_answer(400, body)
    status, answer = await start()
    assert (status, answer["message"]) == (502, text)


@pytest.mark.parametrize(
    "suberror", [["consent_required"], {"code": "consent_required"}], ids=str
)
@pytest.mark.parametrize("endpoint", ["device", "token"])
async def test_a_suberror_that_is_no_word_is_none(
    finish, start, provider, endpoint, suberror
):
    body = {"error": "invalid_client", "suberror": suberror}
    setattr(provider, endpoint, http_answer(400, body))
    if endpoint == "device":
        status, problem = await start()
        assert status == 502
    else:
        problem = (await finish())["problem"]
    assert problem["code"] == "sign_in_failed"
    assert "The sign-in service refused" in problem["message"]


@pytest.mark.parametrize(
    "error", [["authorization_pending"], {"code": "invalid_grant"}, ""], ids=str
)
async def test_an_error_that_is_no_word_is_no_answer(finish, start, provider, error):
    provider.device = refused = http_answer(400, {"error": error})
    status, problem = await start()
    assert (status, problem["code"]) == (502, "provider_bad_answer")
    # The poll is tried again, for a proxy may have answered.
    provider.device = {}
    answers = iter([refused])
    provider.token = lambda: next(answers, http_answer(200, token_answer()))
    assert (await finish())["status"] == "active"


async def test_too_many_requests(start, provider):
    provider.device = http_answer(429, b"<html>")
    status, problem = await start()
    assert (status, problem["code"]) == (503, "provider_busy")


TOKENS = {
    "negative expires_in": token_answer(expires_in=-5),
    "no expires_in": token_answer(expires_in=None),
    "endless expires_in": token_answer(expires_in=1e300),
    "worded expires_in": token_answer(expires_in="an hour"),
    "no token": token_answer(access_token=None),
    "a token that is a number": token_answer(access_token=7),
    "a token with a line break": token_answer(access_token="a\r\nHost: evil"),
    "another type": token_answer(token_type="mac"),
    "no type": token_answer(token_type=None),
    "no ID token": token_answer(id_token=None),
    "a broken ID token": token_answer(id_token="x.y.z"),
    "nobody": token_answer(claims={"oid": "", "sub": None}),
}


@pytest.mark.parametrize("kind", TOKENS)
async def test_a_token_that_makes_no_sense_is_not_taken(
    start, provider, api, quick, kind
):
    # The poll is tried again, for a proxy may have answered; then comes an end.
    answers = iter([http_answer(200, TOKENS[kind])])
    provider.token = lambda: next(
        answers, http_answer(400, {"error": "authorization_declined"})
    )
    _, session = await start()
    session = await Page(api, None).ended(session, "failed")
    assert session["problem"]["code"] == "sign_in_declined"
    assert session["account"] is None


async def test_a_hundred_megabytes_are_cut_off_early(start, provider):
    provider.device = endless()
    status, answer = await start()
    assert (status, answer["code"]) == (502, "provider_bad_answer")
    assert "more than" in answer["message"]
    assert provider.sent < 10_000_000


@pytest.mark.parametrize("provider_timeout", [1])
@pytest.mark.parametrize(
    "slow",
    [lambda: endless(b" ", 0.2), lambda: endless(b"", 0.2)],
    ids=["drop by drop", "silence"],
)
async def test_an_endless_answer_ends(start, provider, slow):
    provider.device = slow()
    status, answer = await start()
    assert (status, answer["code"]) == (504, "provider_unreachable")
    assert "1 s" in answer["message"]


async def test_nobody_listens(start, provider):
    await provider.stop()
    status, answer = await start()
    assert (status, answer["code"]) == (504, "provider_unreachable")
    assert "CA bundle" in answer["action"]
