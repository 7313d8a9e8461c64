"""Managed and workload identities, at stand-ins of Azure's endpoints."""

import json
import time
from itertools import count
from urllib.parse import parse_qs

import pytest
from support.azure_fixtures import identity_token
from support.fake_cdf import http_answer
from support.fake_provider import ACCESS
from support.kernel_client import LOOP
from support.session_client import Page

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

ASSERTION = "eyJhbGciOiJSUzI1NiJ9.federated.assertion"
STORAGE = "https://storage.azure.com/.default"


@pytest.fixture
def virtual_machine(monkeypatch, endpoint):
    # A proxy must not see what these endpoints answer.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", endpoint.url)


@pytest.fixture
def app_service(monkeypatch, endpoint):
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{endpoint.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header-1")
    endpoint.answer = lambda n: identity_token(n, expires_on=str(int(time.time()) + 6))


@pytest.fixture
def kubernetes(provider):
    numbers = count()
    provider.token = lambda: identity_token(next(numbers), expires_in=6)


@pytest.fixture
def assertion_file(tmp_path):
    file = tmp_path / "assertion"
    file.write_text(f"{ASSERTION}\n")
    return file


@pytest.fixture
def cdf_auth_config(provider, assertion_file, monkeypatch):
    monkeypatch.setenv("AZURE_TENANT_ID", "tenant")
    monkeypatch.setenv("AZURE_CLIENT_ID", "workload-1")
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", f"https://{provider.host}/")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(assertion_file))
    here = {"clusters": [provider.connection["cluster"]]}
    profiles = [
        {
            "name": "system",
            "managedIdentity": "system",
            "moreScopes": [STORAGE],
            **here,
        },
        {"name": "user", "managedIdentity": {"clientId": "identity-1"}, **here},
        {"name": "workload", "workloadIdentity": True, **here},
        {
            "name": "named",
            **here,
            "federatedTokenFile": str(assertion_file),
            "tenant": "tenant",
            "clientId": "named-1",
            "authority": provider.authority,
        },
    ]
    return {**provider.config, "profiles": profiles}


@pytest.fixture
def place_of_the_server(request, place):
    request.getfixturevalue(place)


@pytest.fixture
def page(api, provider):
    return Page(api, None)


async def use(page, provider, name, status=201):
    body = {"profile": name, "connection": provider.connection}
    return await page.call("POST", "", body, status)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("virtual_machine", "system"),
        ("virtual_machine", "user"),
        ("app_service", "user"),
        ("kubernetes", "workload"),
        ("kubernetes", "named"),
    ],
)
async def test_a_busy_kernel_gets_fresh_tokens(
    place_of_the_server, page, provider, start_kernel, name
):
    session = await use(page, provider, name)
    kernel = await start_kernel()
    await page.serve(session, kernel.id)
    said = json.loads(await kernel.run(f"{LOOP}\nprint(json.dumps(collect(2)))"))
    assert len(set(said)) == 2
    assert all(one.startswith(ACCESS) for one in said)


async def test_a_virtual_machines_own(virtual_machine, page, provider, endpoint):
    session = await use(page, provider, "system")
    assert session["profile"]["kind"] == "managed-identity"
    path, query, headers = endpoint.requests[0]
    assert path == "/metadata/identity/oauth2/token"
    assert query["resource"] == "https://api.cognitedata.com"
    assert "client_id" not in query
    assert headers["metadata"] == "true"


async def test_a_user_assigned_one(virtual_machine, page, provider, endpoint):
    await use(page, provider, "user")
    assert endpoint.requests[0][1]["client_id"] == "identity-1"


async def test_two_services_at_once_are_the_authors_mistake(
    virtual_machine, page, provider, endpoint, start_kernel
):
    session = await use(page, provider, "system")
    kernel = await start_kernel()
    await page.serve(session, kernel.id)
    [own] = session["connection"]["scopes"]
    said = await kernel.run(
        "from cdf_auth import TokenRefused\n"
        f"try: get_token({own!r}, {STORAGE!r})\n"
        "except TokenRefused as error: print(error.code, error)\n"
        f"print(str(get_token({STORAGE!r})))"
    )
    assert said.startswith("scope_refused ")
    assert "one resource at a time" in said
    assert said.splitlines()[-1].startswith(ACCESS)
    assert endpoint.requests[-1][1]["resource"] == STORAGE.removesuffix("/.default")
    assert (await page.call("GET", session["id"]))["problem"] is None


async def test_an_app_services(app_service, page, provider, endpoint):
    session = await use(page, provider, "user")
    assert session["status"] == "active"
    path, query, headers = endpoint.requests[0]
    assert (path, query["client_id"]) == ("/msi/token", "identity-1")
    assert headers["x-identity-header"] == "header-1"


async def test_there_is_no_such_identity(virtual_machine, page, provider, endpoint):
    body = {"error": "invalid_request", "error_description": "Identity not found"}
    endpoint.answer = lambda _: http_answer(400, body)
    said = await use(page, provider, "user", 503)
    assert said["code"] == "profile_refused"
    assert said["message"] == "Identity not found"
    assert (await page.call("GET"))["sessions"] == []


async def test_an_app_service_without_one(app_service, page, provider, endpoint):
    body = {"statusCode": 400, "message": "No User Assigned Managed Identity found"}
    endpoint.answer = lambda _: http_answer(400, body)
    said = await use(page, provider, "user", 503)
    assert said["code"] == "profile_refused"
    assert "No User Assigned Managed Identity found" in said["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"error": 7}'])
async def test_a_refusal_that_makes_no_sense(
    virtual_machine, page, provider, endpoint, body
):
    endpoint.answer = lambda _: http_answer(400, body)
    said = await use(page, provider, "system", 503)
    assert said["code"] == "profile_refused"


async def test_a_machine_that_is_not_in_azure(
    virtual_machine, monkeypatch, page, provider
):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9")
    said = await use(page, provider, "system", 504)
    assert said["code"] == "provider_unreachable"
    assert "Azure's endpoint for managed identities" in said["message"]
    assert "Azure alone" in said["action"]


@pytest.mark.parametrize(
    ("name", "client"), [("workload", "workload-1"), ("named", "named-1")]
)
async def test_a_workload_identity(  # noqa: PLR0913, PLR0917 - what it is made of
    kubernetes, page, provider, assertion_file, name, client
):
    session = await use(page, provider, name)
    assert session["profile"]["kind"] == "workload-identity"
    [request] = provider.asked(b"/tenant/oauth2/v2.0/token")
    form = parse_qs(request.split(b"\r\n\r\n", 1)[1].decode())
    assert form["client_assertion"] == [ASSERTION]
    assert form["client_id"] == [client]
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["https://api.cognitedata.com/.default"]
    # The platform replaces it, about once an hour.
    assertion_file.write_text("another")
    await use(page, provider, name)
    assert b"client_assertion=another" in provider.requests[-1]


@pytest.mark.parametrize("content", [None, "", "\u00e9"])
async def test_a_token_file_that_is_of_no_use(page, provider, assertion_file, content):
    if content is None:
        assertion_file.unlink()
    else:
        assertion_file.write_text(content)
    said = await use(page, provider, "workload", 503)
    assert said["code"] in {"secret_missing", "secret_unusable"}
    assert str(assertion_file) in said["action"]
    assert provider.requests == []
