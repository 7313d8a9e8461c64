"""At which authorities the server signs people in."""

import logging

import pytest

from jupyterlab_cdf_auth.authorities import Authorities
from jupyterlab_cdf_auth.errors import CdfAuthError

LOG = logging.getLogger("test")
TENANT = "7c0d3f5e-2b1a-4e6d-9f48-5a1be0c27d10"


@pytest.fixture
def authorities():
    return Authorities(
        ["https://login.corp.example:8443/tenant", "https://b2c.example/t/b2c_1"],
        ["login.other.example", "login.other.example:444"],
        LOG,
    )


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        (f"https://login.microsoftonline.com/{TENANT}", None),
        ("https://login.microsoftonline.us/contoso.test", None),
        ("https://login.partner.microsoftonline.cn/contoso.test", None),
        (
            "HTTPS://Login.MicrosoftOnline.com:443/contoso.test/",
            "https://login.microsoftonline.com/contoso.test",
        ),
        ("https://login.corp.example:8443/another-tenant", None),
        ("https://b2c.example/t/b2c_2", None),
        ("https://login.other.example/tenant", None),
        ("https://login.other.example:444/tenant", None),
    ],
)
def test_listed_hosts_are_good_for_any_tenant(authorities, given, canonical):
    assert str(authorities.check(given)) == (canonical or given)


BAD = [
    "",
    "login.microsoftonline.com/tenant",
    "http://login.microsoftonline.com/tenant",
    "https://login.microsoftonline.com",
    "https://login.microsoftonline.com/",
    "https://login.microsoftonline.com/..",
    "https://login.microsoftonline.com/../tenant",
    "https://login.microsoftonline.com//evil.test",
    "https://login.microsoftonline.com:8443/tenant",
    "https://login.microsoftonline.com./tenant",
    "https://login.microsoftonline.com@evil.test/tenant",
    "https://login.microsoftonline.com:443@evil.test/tenant",
    "https://user:password@login.microsoftonline.com/tenant",
    "https://evil.test/login.microsoftonline.com",
    "https://evil.test#@login.microsoftonline.com/tenant",
    "https://evil.test\\@login.microsoftonline.com/tenant",
    "https://login.microsoftonline.com\\@evil.test/tenant",
    "https://evil.login.microsoftonline.com/tenant",
    "https://login.microsoftonline.com.evil.test/tenant",
    "https://evil-login.microsoftonline.com/tenant",
    "https://login.microsoftonline.com/tenant?x=1",
    "https://login.microsoftonline.com/tenant#x",
    "https://login.microsoftonline.com/ten ant",
    "https://login.microsoftonline.com/%2e%2e",
    "https://login.microsoftonl\u0131ne.com/tenant",
    "https://login.m\u0456crosoftonline.com/tenant",
    "https://xn--login-microsoftonline-abc.com/tenant",
    "https://\u2100login.microsoftonline.com/tenant",
    "https://login\u3002microsoftonline.com/tenant",
    "https://[::1]/tenant",
    "https://[::ffff:169.254.169.254]/tenant",
    "https://169.254.169.254/tenant",
    "https://2852039166/tenant",
    "https://0xa9fea9fe/tenant",
    "https://127.0.0.1/tenant",
    "https://localhost/tenant",
    "https://login.other.example:445/tenant",
    "https://login.corp.example/tenant",
    "\thttps://login.microsoftonline.com/tenant",
    "https://login.microsoftonline.com/tenant\n",
    "https:login.microsoftonline.com/tenant",
    "https:///login.microsoftonline.com/tenant",
]


@pytest.mark.parametrize("given", BAD)
def test_everything_else_is_refused(authorities, given):
    with pytest.raises(CdfAuthError) as caught:
        authorities.check(given)
    assert caught.value.code == "authority_not_allowed"
    assert "allowed_authority_hosts" in caught.value.action
    assert not given or given not in caught.value.message


@pytest.mark.parametrize("given", [one for one in BAD if one and len(one) < 512])
async def test_nobody_is_asked_there(api, given):
    connection = {
        "label": "",
        "tenant": "tenant",
        "clientId": "app-1",
        "cluster": "api",
        "baseUrl": "https://api.cognitedata.com",
        "authority": given,
        "scopes": ["https://api.cognitedata.com/.default"],
    }
    status, answer, _ = await api("POST", "", {"connection": connection})
    assert (status, answer["code"]) in {
        (403, "authority_not_allowed"),
        (400, "bad_request"),
    }


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://login.corp.example:8443/tenant/token", True),
        ("https://login.corp.example:8443/tenant/token?p=b2c_1&q=a@b", True),
        ("https://login.microsoftonline.com/common/token", True),
        ("https://login.corp.example/tenant/token", False),
        ("http://login.corp.example:8443/tenant/token", False),
        ("https://login.corp.example:8443@evil.test/token", False),
        ("https://evil.test/token", False),
        ("https://169.254.169.254/token", False),
        ("https://login.corp.example:8443/token#x", False),
        ("https://login.corp.example:8443/tok en", False),
    ],
)
def test_endpoints_that_an_authority_names(authorities, url, allowed):
    authority = authorities.check("https://login.corp.example:8443/tenant")
    assert (authorities.may_ask(url, authority) is not None) is allowed


@pytest.mark.parametrize(
    ("configured", "hosts"),
    [
        (["http://login.corp.example/tenant"], []),
        (["login.corp.example"], []),
        ([], ["https://login.corp.example"]),
        ([], ["login.corp.example/tenant"]),
        ([], ["user@login.corp.example"]),
        ([], [""]),
    ],
)
def test_an_unfit_entry_is_logged_and_ignored(caplog, configured, hosts):
    authorities = Authorities(configured, hosts, LOG)
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    with pytest.raises(CdfAuthError):
        authorities.check("https://login.corp.example/tenant")
