"""What a session is given is its own tenant's and account's, or isn't handed out."""

import json
from pathlib import Path

import pytest
from support.fake_cdf import http_answer
from support.fake_provider import token_answer
from support.session_client import Page
from support.token_owners import (
    APP,
    BOB,
    BOB_AS_GUEST,
    GUEST,
    HOME,
    jwt,
    known_to_all,
)

from jupyterlab_cdf_auth.models import Connection
from jupyterlab_cdf_auth.session_record import SessionRecord
from jupyterlab_cdf_auth.sign_in_answers import Account, read_account
from jupyterlab_cdf_auth.token_owner import Owner, is_foreign_token

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "token-owners.json"
EXAMPLES = {one["name"]: one for one in json.loads(VECTORS.read_text("utf-8"))}

OPAQUE = "an-opaque-token"


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name):
    example = EXAMPLES[name]
    token = example.get("token") or jwt(example["claims"])
    tenant, object_id, application = example["owner"].values()
    if application:
        owner = Owner(tenant, object_id, application)
    else:
        issuer = f"https://login.test/{tenant}/v2.0"
        owner = Owner.of_person(Account("Bob", "bob", (issuer, object_id)))
    assert is_foreign_token(token, owner) is example["foreign"]


def test_what_is_known_of_a_person_after_a_restart(connection):
    claims = {"iss": f"https://login.test/{HOME}/v2.0", "tid": HOME, "oid": BOB}
    record = SessionRecord("", Connection.read(connection), read_account(claims), "{}")
    account = SessionRecord.read(record.as_text()).account
    assert Owner.of_person(account) == Owner(HOME, BOB)


@pytest.mark.parametrize(
    ("tenant", "url", "known"),
    [
        (HOME, "https://login.test/contoso.com/oauth2/v2.0/token", (HOME, APP)),
        (GUEST, f"https://login.test/{HOME}/oauth2/token", (HOME, APP)),
        ("", "https://login.test/contoso.com/oauth2/token", ("", APP)),
        ("", "https://contoso.auth0.test/oauth/token", ("", "")),
    ],
)
def test_what_is_known_of_an_application(tenant, url, known):
    owner = Owner.of_application(APP, tenant, url)
    assert (owner.tenant, owner.application) == known


def answer(tenant=HOME, oid=BOB, access=None, **changes):
    claims = {"iss": f"https://login.test/{tenant}/v2.0", "tid": tenant, "oid": oid}
    token = jwt({"tid": tenant, "oid": oid}) if access is None else access
    body = token_answer(claims=claims, access_token=token, **changes)
    return http_answer(200, body)


WRONG = {
    "another tenant's token": answer(access=jwt({"tid": GUEST, "oid": BOB})),
    "another account's token": answer(access=jwt({"oid": BOB_AS_GUEST})),
    "another tenant": answer(GUEST, BOB_AS_GUEST, OPAQUE),
    "another account": answer(oid=BOB_AS_GUEST, access=OPAQUE),
}
RIGHT = {
    "the same": answer(),
    "an opaque token": answer(access=OPAQUE),
    "a token without the claims": answer(access=jwt({"sub": "bob"})),
    "no ID token": answer(id_token=None),
}


@pytest.fixture
def connection(provider, cdf):
    """Return one that names the tenant Home."""
    return {**provider.connection, "tenant": HOME, "baseUrl": cdf.base_url}


@pytest.fixture
def cdf_auth_config(provider, connection):
    return {**provider.config, "connections": [known_to_all(connection)]}


@pytest.fixture
def page(quick, api):
    return Page(api, None)


@pytest.fixture
def sign_in(page, connection):
    async def run(session=None):
        body = {"connection": connection, **({"session": session} if session else {})}
        started = await page.call("POST", "", body, 201)
        return await page.ended(started, "active", "failed", "ended")

    return run


@pytest.mark.parametrize("kind", ["another tenant's token", "another account's token"])
async def test_a_first_token_that_is_not_of_who_signs_in(sign_in, provider, kind):
    provider.token = WRONG[kind]
    session = await sign_in()
    assert (session["status"], session["account"]) == ("failed", None)
    assert session["problem"]["code"] == "wrong_account"


async def test_a_sign_in_to_another_tenant(sign_in, provider):
    provider.token = answer(GUEST, BOB_AS_GUEST)
    session = await sign_in()
    assert (session["status"], session["problem"]["code"]) == ("failed", "wrong_tenant")
    assert "bob@contoso.test" in session["problem"]["message"]


@pytest.mark.parametrize("kind", RIGHT)
async def test_a_renewal_that_says_nothing_else(sign_in, provider, renew, cdf, kind):
    provider.token = answer()
    session = await sign_in()
    provider.token = RIGHT[kind]
    await renew(session, 200)
    token = json.loads(RIGHT[kind].split(b"\r\n\r\n")[1])["access_token"]
    assert f"Bearer {token}".encode() in cdf.requests[0]


@pytest.mark.parametrize("kind", WRONG)
async def test_a_renewal_with_somebody_elses_answer(
    sign_in, provider, renew, cdf, kind
):
    provider.token = answer()
    session = await sign_in()
    provider.token = WRONG[kind]
    problem = await renew(session, 409)
    assert problem["code"] == "wrong_account"
    assert "eyJ" not in str(problem)
    assert cdf.requests == []
    # The refresh token of somebody else is not tried either.
    before = len(provider.asked(b"/token"))
    assert (await renew(session, 409))["code"] == "wrong_account"
    assert len(provider.asked(b"/token")) == before


async def test_a_new_sign_in_with_a_token_of_somebody_else(sign_in, provider, renew):
    provider.token = answer()
    session = await sign_in()
    provider.token = http_answer(400, {"error": "invalid_grant"})
    await renew(session, 409)
    provider.token = WRONG["another account's token"]
    again = await sign_in(session["id"])
    assert (again["status"], again["problem"]["code"]) == ("ended", "wrong_account")
    provider.token = answer()
    assert (await sign_in(session["id"]))["status"] == "active"
