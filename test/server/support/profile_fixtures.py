"""Profiles of an application at the demo's provider, one of each kind."""

import pytest

VARIABLE = "CDF_AUTH_TEST_SECRET"

KINDS = {
    "file": "secret",
    "variable": "secret",
    "certificate": "certificate",
    "elsewhere": "secret",
}


@pytest.fixture
def secret_file(demo, tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{demo.idp['clientSecret']}\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def application(demo):
    """Return the fields that all profiles of an application have."""
    return {
        "tenant": demo.connection["tenant"],
        "clientId": demo.idp["clientIds"]["confidential"],
        "authority": demo.idp["authority"],
    }


@pytest.fixture
def profiles(demo, application, secret_file, monkeypatch):
    monkeypatch.setenv(VARIABLE, demo.idp["clientSecret"])
    url = f"{demo.idp['authority']}/oauth2/v2.0/token"
    tokens = {"tokenUrl": url, "audience": demo.connection["scopes"][0][:-9]}
    return [
        {"name": "file", "secretFile": str(secret_file), **application},
        {"name": "variable", "secretVariable": VARIABLE, **application},
        {
            "name": "certificate",
            "certificateFile": demo.idp["clientCertificateFile"],
            **application,
        },
        {
            "name": "elsewhere",
            "secretFile": str(secret_file),
            "clientId": application["clientId"],
            "scopes": demo.connection["scopes"],
            **tokens,
        },
        {
            "name": "limited",
            "description": "Forecasts for one plant",
            "secretFile": str(secret_file),
            "users": ["ann"],
            "clusters": [demo.connection["cluster"]],
            "projects": ["plant-north"],
            "moreScopes": ["https://vault.azure.net/.default"],
            **application,
        },
        {
            "name": "lost",
            "secretFile": str(secret_file),
            "projects": ["no-such-plant"],
            **application,
        },
    ]


async def use(page, demo, name, status=201, **changes):
    connection = demo.connection_for(0, **changes)
    body = {"profile": name, "connection": connection}
    return await page.call("POST", "", body, status)
