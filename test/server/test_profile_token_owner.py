"""A profile hands out tokens of its own application and tenant alone."""

import pytest
from support.azure_fixtures import identity_token
from support.fake_cdf import http_answer
from support.session_client import Page
from support.token_owners import APP, GUEST, HOME, OTHER_APP, jwt, known_to_all

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def secret_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("s3cret")
    file.chmod(0o600)
    return file


@pytest.fixture
def connection(provider, cdf):
    """Return one that names the tenant Home."""
    return {**provider.connection, "tenant": HOME, "baseUrl": cdf.base_url}


@pytest.fixture
def cdf_auth_config(provider, connection, secret_file):
    here = {"clusters": [provider.connection["cluster"]]}
    application = {
        "name": "nightly",
        "secretFile": str(secret_file),
        "clientId": APP,
        "tenant": HOME,
        "authority": provider.authority,
        **here,
    }
    identity = {"name": "machine", "managedIdentity": {"clientId": APP}, **here}
    return {
        **provider.config,
        "connections": [known_to_all(connection)],
        "profiles": [application, identity],
    }


@pytest.fixture
def page(quick, api):
    return Page(api, None)


@pytest.fixture
def use(page, connection):
    async def run(name, status):
        body = {"profile": name, "connection": connection}
        return await page.call("POST", "", body, status)

    return run


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"tid": HOME, "azp": APP}, 201),
        ({"sub": "app"}, 201),
        ({"tid": GUEST, "azp": APP}, 503),
        ({"tid": HOME, "azp": OTHER_APP}, 503),
        ({"tid": HOME, "appid": OTHER_APP}, 503),
    ],
)
async def test_the_token_of_a_profile(use, provider, claims, status):
    granted = {"access_token": jwt(claims), "token_type": "Bearer", "expires_in": 3600}
    provider.token = http_answer(200, granted)
    said = await use("nightly", status)
    assert status == 201 or said["code"] == "application_mismatch"


async def test_a_renewal_of_a_profile(use, page, provider, renew):
    granted = {"token_type": "Bearer", "expires_in": 3600}
    token = {"access_token": jwt({"tid": HOME, "azp": APP}), **granted}
    provider.token = http_answer(200, token)
    session = await use("nightly", 201)
    token["access_token"] = jwt({"tid": GUEST, "azp": APP})
    provider.token = http_answer(200, token)
    assert (await renew(session, 503))["code"] == "application_mismatch"
    now = await page.call("GET", session["id"])
    # An administrator can put it right: cells wait, and the session goes on.
    assert (now["status"], now["problem"]["code"]) == ("active", "application_mismatch")


async def test_the_token_of_another_managed_identity(use, endpoint, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", endpoint.url)
    tokens = [jwt({"appid": OTHER_APP}), jwt({"appid": APP})]
    endpoint.answer = lambda _: identity_token(0, access_token=tokens.pop(0))
    said = await use("machine", 503)
    assert said["code"] == "application_mismatch"
    assert "managed identity" in said["action"]
    await use("machine", 201)
