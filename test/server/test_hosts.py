"""Which addresses the server may send a token to."""

import logging

import pytest

from jupyterlab_cdf_auth.errors import CdfAuthError
from jupyterlab_cdf_auth.hosts import CdfHosts

LOG = logging.getLogger("test")


@pytest.fixture
def hosts():
    return CdfHosts(
        [
            "http://localhost:8123",
            "http://[::1]:8124",
            "https://gateway.corp.example/CDF/",
        ],
        ["cdf.corp.example", "cdf.corp.example:8443"],
        LOG,
    )


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        (
            "https://westeurope-1.cognitedata.com",
            "https://westeurope-1.cognitedata.com",
        ),
        ("https://api.cognitedata.com/", "https://api.cognitedata.com"),
        ("HTTPS://API.CogniteData.com", "https://api.cognitedata.com"),
        ("https://api.cognitedata.com:443", "https://api.cognitedata.com"),
        ("https://x.plink.az-eastus-1.cognitedata.com", None),
        ("http://localhost:8123", None),
        ("http://[::1]:8124", None),
        ("https://gateway.corp.example/CDF", None),
        ("https://cdf.corp.example", None),
        ("https://cdf.corp.example:8443", None),
    ],
)
def test_a_listed_address_is_returned_in_one_form(hosts, given, canonical):
    assert str(hosts.check(given)) == (canonical or given)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "https://",
        "api.cognitedata.com",
        "//api.cognitedata.com",
        "ftp://api.cognitedata.com",
        "file:///etc/passwd",
        "http://api.cognitedata.com",
        "https://cognitedata.com",
        "https://.cognitedata.com",
        "https://evilcognitedata.com",
        "https://api.cognitedata.com.evil.example",
        "https://evil.example/api.cognitedata.com",
        "https://evil.example#.cognitedata.com",
        "https://evil.example?.cognitedata.com",
        "https://evil.example\\.cognitedata.com",
        "https://api.cognitedata.com@evil.example",
        "https://user:password@api.cognitedata.com",
        "https://@api.cognitedata.com",
        "https://api.cognitedata.com.",
        "https://api..cognitedata.com",
        "https://api.cognitedata.com:8443",
        "https://api.cognitedata.com:80",
        "https://api.cognitedata.com:0",
        "https://api.cognitedata.com:99999",
        "https://api.cognitedata.com:",
        "https://api.cognitedata.com:443:443",
        "https://api.cognitedata.com/path",
        "https://api.cognitedata.com/../x",
        "https://api.cognitedata.com//",
        "https://api.cognitedata.com?x",
        "https://api.cognitedata.com#x",
        "https://api.cognitedata.com\n",
        " https://api.cognitedata.com",
        "https://api.cognitedata.com\r\nX: y",
        "https://api%2ecognitedata.com",
        "https://evil.example%00.cognitedata.com",
        "https://\u0430pi.cognitedata.com",
        "https://\u212aiosk.cognitedata.com",
        "https://api\u3002cognitedata.com",
        "https://xn--pi-7kc.cognitedata.com",
        "https://xn--\u0430.cognitedata.com",
        f"https://{'a' * 64}.cognitedata.com",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[api.cognitedata.com]",
        "http://[::1]:8123",
        "http://localhost:8124",
        "https://localhost:8123",
        "http://127.0.0.1:8123",
        "http://2130706433:8123",
        "http://169.254.169.254",
        "http://cdf.corp.example",
        "https://cdf.corp.example:8444",
        "https://sub.cdf.corp.example",
        "https://gateway.corp.example",
        "https://gateway.corp.example/cdf",
        "https://gateway.corp.example/CDF/x",
    ],
)
def test_any_other_address_is_refused(hosts, given):
    with pytest.raises(CdfAuthError) as caught:
        hosts.check(given)
    assert (caught.value.status, caught.value.code) == (403, "host_not_allowed")


@pytest.mark.parametrize(
    ("base_urls", "extra"),
    [
        (["http://cdf.corp.example"], []),
        (["http://127.0.0.1.evil.example"], []),
        (["https://user:pw@cdf.corp.example"], []),
        ([], ["*.corp.example"]),
        ([], ["user@cdf.corp.example"]),
        ([], ["https://cdf.corp.example"]),
        ([], [""]),
    ],
)
def test_an_unfit_entry_is_logged_and_allows_nothing(caplog, base_urls, extra):
    hosts = CdfHosts(base_urls, extra, LOG)
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    for given in [
        *base_urls,
        *(f"https://{host}" for host in extra),
        "https://a.corp.example",
    ]:
        with pytest.raises(CdfAuthError):
            hosts.check(given)
