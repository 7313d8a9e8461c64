"""A run without JupyterLab is given its own application's tokens, of its own tenant."""

import json

import pytest
from cdf_auth import TokenRefused, _https
from cdf_auth._clock import SystemClock
from cdf_auth._environment import read
from cdf_auth._https import Answer
from cdf_auth._secret import Variables
from cdf_auth._token_owner import is_foreign_token
from support.headless_environment import CLIENT, SCOPE, jwt
from support.real_kernel import ROOT

# Persons sign in in JupyterLab.
EXAMPLES = {
    one["name"]: one
    for one in json.loads((ROOT / "test" / "vectors" / "token-owners.json").read_text())
    if one["owner"]["application"]
}

HOME = "7c0d3f5e-2b1a-4e6d-9f48-5a1be0c27d10"
OTHER = "c41f7e0b-93a6-4d58-8b2e-6f05d1a7c9e3"
APP = "e91a4d7b-5c82-4b3f-9d60-2f8c7e1a5b93"
OTHER_APP = "3d5c1e0a-8b7f-4f0e-a1d2-6c9e4b8f7a21"
LOGIN = "https://login.microsoftonline.com"


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name):
    example = EXAMPLES[name]
    owner = example["owner"]
    token = jwt(**example["claims"])
    is_other = is_foreign_token(token, owner["tenant"], owner["application"])
    assert is_other is example["foreign"]


@pytest.fixture
def fetch(monkeypatch):
    """Get a token at Entra ID, which gives `token`."""

    def run(token, **changes):
        def ask(method, url, **_):
            if method == "POST":
                fields = {"access_token": token, "token_type": "Bearer"}
                return Answer(200, {**fields, "expires_in": 3600})
            authority = url.partition("/v2.0/")[0]
            endpoints = ("issuer", "authorization_endpoint", "token_endpoint")
            return Answer(200, dict.fromkeys(endpoints, f"{authority}/token"))

        monkeypatch.setattr(_https, "ask", ask)
        environ = {**CLIENT, "IDP_TOKEN_URL": "", "IDP_CLIENT_ID": APP, **changes}
        source = read(Variables(environ)).source()
        return source.fetch((SCOPE,), SystemClock()).token

    return run


WHERE = {
    "the tenant": {"IDP_TENANT_ID": HOME},
    "the authority": {"IDP_AUTHORITY_URL": f"{LOGIN}/{HOME}"},
    "the token endpoint": {"IDP_TOKEN_URL": f"{LOGIN}/{HOME}/oauth2/v2.0/token"},
    "the address that is asked, and not the setting": {
        "IDP_TENANT_ID": OTHER,
        "IDP_TOKEN_URL": f"{LOGIN}/{HOME}/oauth2/v2.0/token",
    },
}


@pytest.mark.parametrize("where", WHERE)
def test_the_tenant_that_is_named(fetch, where):
    good = jwt(tid=HOME, azp=APP)
    assert fetch(good, **WHERE[where]) == good
    with pytest.raises(TokenRefused) as caught:
        fetch(jwt(tid=OTHER, azp=APP), **WHERE[where])
    assert caught.value.code == "application_mismatch"
    assert "IDP_TENANT_ID" in caught.value.action


@pytest.mark.parametrize("claim", ["azp", "appid"])
def test_another_application(fetch, claim):
    with pytest.raises(TokenRefused) as caught:
        fetch(jwt(tid=HOME, **{claim: OTHER_APP}), IDP_TENANT_ID=HOME)
    assert caught.value.code == "application_mismatch"


@pytest.mark.parametrize("token", ["opaque", jwt(sub="app"), jwt(tid=OTHER, azp=APP)])
def test_nothing_to_compare(fetch, token):
    assert fetch(token, IDP_TENANT_ID="contoso.com") == token
