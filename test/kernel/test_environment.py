"""What the environment variables of a run without JupyterLab mean."""

import pickle

import pytest
from cdf_auth import CdfAuthError, EnvironmentIncomplete, EnvironmentUnusable
from cdf_auth._environment import Application, Certificate, read
from cdf_auth._secret import Secret, Variables
from support.headless_environment import CLIENT, SCOPE, TOKEN

ENTRA = {**CLIENT, "IDP_TOKEN_URL": "", "IDP_TENANT_ID": "contoso.com"}
CERTIFICATE = {**ENTRA, "IDP_CLIENT_SECRET": "", "IDP_CERTIFICATE_PATH": "c.pem"}
SECRET = CLIENT["IDP_CLIENT_SECRET"]


def settings(environ):
    return read(Variables(environ))


def missing(environ):
    """Give what the error lists."""
    with pytest.raises(EnvironmentIncomplete) as caught:
        settings(environ)
    assert caught.value.code == "environment_incomplete"
    assert caught.value.action
    return caught.value.message.split(": ")[1].rstrip(".").split(", ")


def without(environ, *names):
    return {name: value for name, value in environ.items() if name not in names}


def test_a_secret_at_entra():
    read = settings(ENTRA)
    assert (read.cluster, read.project, read.account) == (
        "westeurope-1",
        "plant-north",
        "pipeline-1",
    )
    assert read.base_url == "https://westeurope-1.cognitedata.com"
    assert read.scopes == (SCOPE,)
    assert read.grant.authority == "https://login.microsoftonline.com/contoso.com"
    assert read.grant.credential.reveal() == SECRET


@pytest.mark.parametrize(
    ("variables", "authority", "token_url"),
    [
        (
            {"IDP_TOKEN_URL": "https://login.microsoftonline.us/t/oauth2/v2.0/token"},
            "https://login.microsoftonline.us/t",
            "",
        ),
        (
            {"IDP_TOKEN_URL": "https://localhost:8443/t/oauth2/token"},
            "https://localhost:8443/t",
            "",
        ),
        (
            {"IDP_AUTHORITY_URL": "https://login.example.test/t/"},
            "https://login.example.test/t",
            "",
        ),
        (
            # The endpoint itself is more than where to look for it.
            {
                "IDP_AUTHORITY_URL": "https://idp.example.test",
                "IDP_TOKEN_URL": "https://idp.example.test/oauth/token",
            },
            "",
            "https://idp.example.test/oauth/token",
        ),
        (
            {"IDP_TOKEN_URL": "http://127.0.0.1:80/t/oauth2/v2.0/token?policy=p"},
            "",
            "http://127.0.0.1:80/t/oauth2/v2.0/token?policy=p",
        ),
    ],
)
def test_which_service_is_asked(variables, authority, token_url):
    grant = settings({**ENTRA, **variables}).grant
    assert (grant.authority, grant.token_url) == (authority, token_url)


def test_another_provider_is_told_the_audience_and_no_scope():
    read = settings(CLIENT)
    assert read.scopes == ()
    assert read.grant.audience == "https://westeurope-1.cognitedata.com"
    read = settings({**CLIENT, "IDP_AUDIENCE": "cdf", "IDP_SCOPES": "read, write"})
    assert read.scopes == ("read", "write")
    assert read.grant.audience == "cdf"


def test_a_base_url_of_its_own():
    private = {**ENTRA, "CDF_URL": "https://cdf.contoso.test/"}
    read = settings(private)
    assert read.base_url == "https://cdf.contoso.test"
    assert read.scopes == (SCOPE,)
    read = settings(without(private, "CDF_CLUSTER"))
    assert (read.cluster, read.scopes) == ("", ("https://cdf.contoso.test/.default",))
    url = "https://az-eastus-1.cognitedata.com"
    assert settings({**private, "CDF_CLUSTER": "", "CDF_URL": url}).cluster == (
        "az-eastus-1"
    )


def test_no_project():
    assert settings(without(ENTRA, "CDF_PROJECT")).project is None


def test_white_space_around_a_value_is_none_of_it():
    read = settings({**ENTRA, "IDP_CLIENT_SECRET": f" {SECRET}\n"})
    assert read.grant.credential.reveal() == SECRET


def test_a_certificate():
    thumbprint = ":".join(["Ab"] * 20)
    read = settings(
        {
            **CERTIFICATE,
            "IDP_CERTIFICATE_PASSWORD": "pass",
            "IDP_CERTIFICATE_THUMBPRINT": thumbprint,
        }
    )
    assert read.grant.credential == Certificate("c.pem", Secret("pass"), "Ab" * 20)
    assert [one.reveal() for one in read.secrets] == ["pass"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Application),
        ({"LOGIN_FLOW": ""}, Application),
        ({"LOGIN_FLOW": "Client_Credentials"}, Application),
        ({"LOGIN_FLOW": "", "CDF_TOKEN": "t"}, Application),
        ({"LOGIN_FLOW": "token", "CDF_TOKEN": "t"}, Secret),
        ({"LOGIN_FLOW": "", "CDF_TOKEN": "t", "IDP_CLIENT_SECRET": ""}, Secret),
    ],
)
def test_which_flow_is_meant(changes, kind):
    assert isinstance(settings({**ENTRA, **changes}).grant, kind)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"LOGIN_FLOW": "client_credentials"},
            [
                "CDF_CLUSTER (or CDF_URL)",
                "IDP_TENANT_ID (or IDP_TOKEN_URL)",
                "IDP_CLIENT_ID",
                "IDP_CLIENT_SECRET (or IDP_CERTIFICATE_PATH)",
            ],
        ),
        (without(ENTRA, "IDP_CLIENT_ID"), ["IDP_CLIENT_ID"]),
        ({**ENTRA, "IDP_CLIENT_ID": "  "}, ["IDP_CLIENT_ID"]),
        (
            without(ENTRA, "IDP_TENANT_ID"),
            ["IDP_TENANT_ID (or IDP_TOKEN_URL)"],
        ),
        (
            without(ENTRA, "IDP_CLIENT_SECRET"),
            ["IDP_CLIENT_SECRET (or IDP_CERTIFICATE_PATH)"],
        ),
        (
            # Half a certificate.
            {
                **CERTIFICATE,
                "IDP_CERTIFICATE_PATH": "",
                "IDP_CERTIFICATE_PASSWORD": "p",
            },
            ["IDP_CERTIFICATE_PATH"],
        ),
        (
            {
                **CERTIFICATE,
                "IDP_CERTIFICATE_PATH": "",
                "IDP_CERTIFICATE_THUMBPRINT": "Ab" * 20,
            },
            ["IDP_CERTIFICATE_PATH"],
        ),
        (without(CERTIFICATE, "CDF_CLUSTER"), ["CDF_CLUSTER (or CDF_URL)"]),
        (TOKEN, ["CDF_TOKEN"]),
        (without(TOKEN, "CDF_CLUSTER"), ["CDF_CLUSTER (or CDF_URL)", "CDF_TOKEN"]),
    ],
)
def test_exactly_what_is_missing_is_listed(environ, expected):
    assert missing(environ) == expected


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ("interactive", "needs a person"),
        ("device_code", "needs a person"),
        ("DEVICE_CODE", "needs a person"),
        ("password", "no LOGIN_FLOW='password'"),
    ],
)
def test_a_flow_that_needs_a_person_or_does_not_exist(flow, said):
    with pytest.raises(EnvironmentUnusable, match=said) as caught:
        settings({**ENTRA, "LOGIN_FLOW": flow})
    assert caught.value.code == "login_flow_unsupported"
    assert "LOGIN_FLOW=client_credentials" in caught.value.action


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"CDF_CLUSTER": "westeurope-1/../evil"}, "CDF_CLUSTER"),
        ({"CDF_CLUSTER": "evil.test#"}, "CDF_CLUSTER"),
        ({"IDP_TENANT_ID": "a/b"}, "IDP_TENANT_ID"),
        ({"CDF_URL": "http://cdf.contoso.test"}, "CDF_URL"),
        ({"CDF_URL": "cdf.contoso.test"}, "CDF_URL"),
        ({"CDF_URL": "https://me:pass@cdf.contoso.test"}, "CDF_URL"),
        ({"CDF_URL": "https://cdf.contoso.test?x=1"}, "CDF_URL"),
        ({"CDF_URL": "https://cdf.contoso.test#x"}, "CDF_URL"),
        ({"CDF_URL": "https://cdf.contoso.test:99999"}, "CDF_URL"),
        ({"CDF_URL": "https://[::1"}, "CDF_URL"),
        ({"IDP_TOKEN_URL": "http://idp.example.test/token"}, "IDP_TOKEN_URL"),
        ({"IDP_TOKEN_URL": "http://localhost.evil.test/token"}, "IDP_TOKEN_URL"),
        ({"IDP_TOKEN_URL": "http://localhost@evil.test/token"}, "IDP_TOKEN_URL"),
        ({"IDP_TOKEN_URL": "http://localhost\\.evil.test/token"}, "IDP_TOKEN_URL"),
        ({"IDP_TOKEN_URL": "file:///etc/passwd"}, "IDP_TOKEN_URL"),
        ({"IDP_TOKEN_URL": "https://idp.test/" + "a" * 2048}, "IDP_TOKEN_URL"),
        ({"IDP_AUTHORITY_URL": "ftp://login.test/t"}, "IDP_AUTHORITY_URL"),
        ({"IDP_SCOPES": "s" * 600}, "IDP_SCOPES"),
        ({"IDP_SCOPES": ",".join(f"s{n}" for n in range(40))}, "IDP_SCOPES"),
        ({"CDF_PROJECT": "p" * 600}, "CDF_PROJECT"),
        ({"IDP_CLIENT_ID": "c" * 600}, "IDP_CLIENT_ID"),
        ({"IDP_CERTIFICATE_PATH": "c.pem"}, "IDP_CERTIFICATE_PATH"),
        (
            {
                "IDP_CLIENT_SECRET": "",
                "IDP_CERTIFICATE_PATH": "c.pem",
                "IDP_TOKEN_URL": "https://idp.example.test/oauth/token",
            },
            "IDP_TOKEN_URL",
        ),
    ],
)
def test_a_value_that_cannot_be_used(changes, variable):
    with pytest.raises(EnvironmentUnusable) as caught:
        settings({**ENTRA, **changes})
    assert caught.value.code == "environment_invalid"
    assert variable in caught.value.message
    assert caught.value.action
    # Only its name is told: some hold passwords.
    assert not any(
        value in str(caught.value) for value in changes.values() if len(value) > 5
    )


def test_a_secret_shows_nowhere():
    shown = settings(ENTRA)
    variables = Variables({**ENTRA})
    for text in (f"{shown}", repr(shown), repr(variables), f"{shown.grant.credential}"):
        assert SECRET not in text
    with pytest.raises(TypeError):
        pickle.dumps(shown)


def test_errors_can_be_pickled():
    with pytest.raises(CdfAuthError) as caught:
        settings({"LOGIN_FLOW": "token"})
    copied = pickle.loads(pickle.dumps(caught.value))
    assert type(copied) is EnvironmentIncomplete
    assert str(copied) == str(caught.value)
