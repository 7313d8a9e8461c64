"""How a provider refuses an application, and what a page is told of it."""

import logging

import pytest
from support.fake_cdf import http_answer
from support.fake_provider import ACCESS, TRACE
from support.session_client import Page

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

SECRET = "S3cr~t-Value"
GRANTED = {"access_token": ACCESS, "token_type": "Bearer", "expires_in": 3600}


@pytest.fixture
def cdf_auth_config(provider, tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    profile = {
        "name": "nightly",
        "secretFile": str(file),
        "clientId": "app-1",
        "authority": provider.authority,
        # People have its connection in their own settings.
        "clusters": [provider.connection["cluster"]],
    }
    return {**provider.config, "profiles": [profile]}


@pytest.fixture
def use(api, provider):
    page = Page(api, None)

    async def post(status):
        body = {"profile": "nightly", "connection": provider.connection}
        answer = await page.call("POST", "", body, status)
        listed = (await page.call("GET"))["sessions"]
        assert len(listed) == (status == 201)
        return answer

    return post


async def test_it_is_asked_at_its_token_endpoint_and_nowhere_else(use, provider):
    provider.token = http_answer(200, GRANTED)
    session = await use(201)
    assert session["status"] == "active"
    [request] = provider.requests
    assert request.startswith(b"POST /tenant/oauth2/v2.0/token ")


async def test_an_expired_secret(use, provider, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    told = "AADSTS7000222: The provided client secret keys for app 'app-1' are expired."
    body = {"error": "invalid_client", "error_description": told + TRACE}
    provider.token = http_answer(401, body)
    said = await use(503)
    assert said["code"] == "secret_expired"
    assert said["message"] == told
    assert str(tmp_path / "secret") in said["action"]
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (http_answer(400, {"error": "invalid_scope"}), 400, "scope_refused"),
        (http_answer(400, {"error": "unauthorized_client"}), 503, "profile_refused"),
        (http_answer(401, {"error": "invalid_client"}), 503, "credential_refused"),
        (http_answer(503, {}), 502, "provider_bad_answer"),
        (http_answer(200, b"<html>"), 502, "provider_bad_answer"),
        (
            http_answer(200, {**GRANTED, "token_type": "mac"}),
            502,
            "provider_bad_answer",
        ),
        (http_answer(200, {**GRANTED, "expires_in": -1}), 502, "provider_bad_answer"),
        (b"", 502, "provider_bad_answer"),
    ],
)
async def test_other_answers(use, provider, answer, status, code):
    provider.token = answer
    said = await use(status)
    assert said["code"] == code
    assert said["message"]
    assert said["action"]


async def test_a_file_that_everybody_can_read(use, provider, tmp_path):
    (tmp_path / "secret").chmod(0o644)
    said = await use(503)
    assert said["code"] == "secret_exposed"
    assert said["action"] == f"Run: chmod o-rwx {tmp_path / 'secret'}"
    assert provider.requests == []
