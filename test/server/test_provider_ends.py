"""How a provider ends a sign-in, and what is told of it."""

import logging

import pytest
from support.fake_cdf import http_answer
from support.fake_provider import ACCESS, DEVICE_CODE, REFRESH, TRACE, token_answer

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

AADSTS = "AADSTS53003: Access has been blocked by Conditional Access policies."


@pytest.fixture
def cdf_auth_config(provider):
    return provider.config


ENDS = {
    "authorization_declined": "sign_in_declined",
    "access_denied": "sign_in_declined",
    "expired_token": "code_expired",
    "invalid_grant": "sign_in_required",
    "bad_verification_code": "sign_in_failed",
}


@pytest.mark.parametrize("error", ENDS)
async def test_the_provider_ends_the_sign_in(finish, provider, error):
    text = "AADSTS70000: In its own words."
    body = {"error": error, "error_description": text + TRACE}
    provider.token = http_answer(400, body)
    session = await finish()
    assert session["status"] == "failed"
    assert session["device"] is None
    assert session["problem"]["code"] == ENDS[error]
    assert session["problem"]["message"].endswith(text)


@pytest.mark.parametrize(
    "error", ["access_denied", "invalid_grant", "interaction_required"]
)
async def test_a_policy_blocks_the_sign_in(finish, provider, error):
    body = {"error": error, "error_description": AADSTS + TRACE}
    provider.token = http_answer(403, body)
    problem = (await finish())["problem"]
    assert problem["code"] == "blocked_by_policy"
    assert AADSTS in problem["message"]
    assert "browser" in problem["action"]


async def test_passing_faults_do_not_end_the_sign_in(finish, provider):
    raw = [b"", http_answer(200, b"<html>"), http_answer(503, {}), b"SSH-2.0\r\n"]
    answers = iter(raw)
    provider.token = lambda: next(answers, http_answer(200, token_answer()))
    session = await finish()
    assert session["status"] == "active"
    assert session["account"] == {"name": "Bob", "username": "bob@contoso.test"}


async def test_no_secret_is_told_or_written_down(finish, api, provider, caplog):
    caplog.set_level(logging.DEBUG)
    answers = iter(
        [
            http_answer(200, b'{"access_token": "' + ACCESS.encode()),
            http_answer(200, token_answer(expires_in=-5)),
            http_answer(200, token_answer(id_token="x.y.z")),
        ]
    )
    provider.token = lambda: next(answers, http_answer(200, token_answer()))
    session = await finish()
    path, cdf = session["id"], {"baseUrl": "https://no-such.cognitedata.com"}
    told = [session, await api("GET"), await api("GET", path)]
    told.append(await api("POST", f"{path}/inspect", cdf))
    told.append(await api("DELETE", path))
    assert DEVICE_CODE in str(provider.requests)
    assert "cdf-auth/sessions" in caplog.text
    texts = str([one[:2] if isinstance(one, tuple) else one for one in told])
    for secret in [*ACCESS.split("."), REFRESH, DEVICE_CODE]:
        assert secret not in texts
        assert secret not in caplog.text
