"""A run without JupyterLab, and a token endpoint that behaves or doesn't."""

import io
import socket
import threading

import pytest
from cdf_auth import TokenRefused, _headless, _https
from cdf_auth._agent import Agent
from cdf_auth._cache import Slot
from cdf_auth._clock import SystemClock
from cdf_auth._environment import read
from cdf_auth._headless import Headless, NoKernel
from cdf_auth._secret import Variables
from support.fake_token_endpoint import FakeTokenEndpoint
from support.headless_environment import CLIENT, jwt
from support.real_kernel import LIMIT

SECRET = CLIENT["IDP_CLIENT_SECRET"]
GOOD = {"access_token": "a.good.token", "token_type": "bearer", "expires_in": 600}


@pytest.fixture
def endpoint():
    fake = FakeTokenEndpoint()
    yield fake
    fake.close()


@pytest.fixture
def fetch(endpoint):
    """Get a token from the endpoint, once."""

    def run(*scopes, **changes):
        environ = {**CLIENT, "IDP_TOKEN_URL": f"{endpoint.url}/token?p=1", **changes}
        return read(Variables(environ)).source().fetch(scopes, SystemClock())

    return run


def refused(fetch):
    with pytest.raises(TokenRefused) as caught:
        fetch()
    assert SECRET not in str(caught.value)
    assert caught.value.action
    return caught.value


def test_a_token(endpoint, fetch):
    endpoint.give(GOOD)
    held = fetch("read", "write")
    assert held.token == "a.good.token"
    assert 590 < held.ends - SystemClock().monotonic() <= 600
    assert endpoint.requests == [
        (
            "/token?p=1",
            {
                "grant_type": "client_credentials",
                "client_id": "pipeline-1",
                "client_secret": SECRET,
                "audience": "https://westeurope-1.cognitedata.com",
                "scope": "read write",
            },
        )
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(endpoint, fetch, status):
    other = FakeTokenEndpoint()
    try:
        other.give(GOOD)
        endpoint.give(b"", status, Location=f"{other.url}/token")
        assert refused(fetch).code == "provider_bad_answer"
        assert other.requests == []
    finally:
        other.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"<html>Please log in to the proxy.</html>", 200),
        (b'{"access_token": "a', 200),
        (b"\xff\xfe", 200),
        (b"[" * 100_000, 200),
        ([GOOD], 200),
        (b"x" * 1_000_001, 200),
        (GOOD, 500),
        (GOOD, 503),
        ({**GOOD, "access_token": None}, 200),
        ({**GOOD, "access_token": "with space"}, 200),
        ({**GOOD, "access_token": "a" * 40_000}, 200),
        ({**GOOD, "token_type": "mac"}, 200),
        ({**GOOD, "token_type": None}, 200),
        ({**GOOD, "expires_in": 0}, 200),
        ({**GOOD, "expires_in": -5}, 200),
        ({**GOOD, "expires_in": "soon"}, 200),
        ({**GOOD, "expires_in": True}, 200),
        ({**GOOD, "expires_in": 1e400}, 200),
        (b'{"access_token": "a", "token_type": "bearer", "expires_in": NaN}', 200),
        ({"access_token": jwt(exp=1), "token_type": "bearer"}, 200),
    ],
)
def test_an_answer_that_cannot_be_used(endpoint, fetch, body, status):
    endpoint.give(body, status)
    assert refused(fetch).code == "provider_bad_answer"


def test_a_lifetime_that_is_a_text(endpoint, fetch):
    endpoint.give({**GOOD, "expires_in": "600"})
    assert fetch().ends - SystemClock().monotonic() <= 600


def test_a_lifetime_that_only_the_token_tells(endpoint, fetch):
    token = jwt(exp=SystemClock().wall() + 900)
    endpoint.give({"access_token": token, "token_type": "Bearer"})
    assert 880 < fetch().ends - SystemClock().monotonic() <= 900


def test_a_lifetime_that_nobody_tells(endpoint, fetch):
    endpoint.give({"access_token": "opaque", "token_type": "Bearer"})
    assert 0 < fetch().ends - SystemClock().monotonic() <= 300


@pytest.mark.parametrize("status", [400, 429, 503])
def test_a_busy_service_s_sentence_is_told_without_what_was_sent(
    endpoint, fetch, status
):
    quoted = {"error": "temporarily_unavailable", "error_description": SECRET}
    endpoint.give(quoted, status)
    assert SECRET not in str(refused(fetch))


def test_a_lifetime_without_end_is_cut(endpoint, fetch):
    token = jwt(exp=4e9)
    endpoint.give({"access_token": token, "token_type": "Bearer"})
    assert 0 < fetch().ends - SystemClock().monotonic() <= 366 * 86400


def test_the_service_s_own_sentence_is_told_without_what_was_sent(endpoint, fetch):
    endpoint.give(
        {
            "error": "invalid_client",
            "error_description": f"AADSTS7000215: not \x1b[31m{SECRET}\x07. Trace ID: x"
            "\r\nmore",
        },
        401,
    )
    error = refused(fetch)
    assert error.code == "invalid_client"
    assert error.message == "AADSTS7000215: not  [31m[redacted] ."
    assert "IDP_CLIENT_ID" in error.action


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "provider_bad_answer"),
        ({"error": 7}, "provider_bad_answer"),
        ({"error": "<b>bad</b>"}, "sign_in_failed"),
        ({"error": "e" * 1000}, "sign_in_failed"),
        ({"error": "temporarily_unavailable"}, "provider_busy"),
        ({"error": "invalid_scope", "error_description": ["x"]}, "invalid_scope"),
        ({"error": "x", "error_description": "y" * 10_000}, "x"),
    ],
)
def test_errors_of_any_shape(endpoint, fetch, fields, code):
    endpoint.give(fields, 400)
    error = refused(fetch)
    assert error.code == code
    assert len(str(error)) < 1500


def test_nobody_listens(endpoint, fetch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/token"
    error = refused(lambda: fetch(IDP_TOKEN_URL=url))
    assert error.code == "provider_unreachable"
    assert "Connection refused" in error.message


def test_what_is_not_http(endpoint, fetch):
    endpoint.write = lambda request: request.wfile.write(b"220 mail.example.test\r\n")
    assert refused(fetch).code == "provider_bad_answer"


def test_a_connection_that_drops(endpoint, fetch):
    endpoint.write = lambda request: None
    assert refused(fetch).code.startswith("provider_")


def test_a_body_that_breaks_off(endpoint, fetch):
    def write(request):
        request.wfile.write(b'HTTP/1.0 200 OK\r\nContent-Length: 99\r\n\r\n{"acc')

    endpoint.write = write
    assert refused(fetch).code == "provider_bad_answer"


def test_a_service_that_is_silent(endpoint, fetch, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(_https, "_STEP_LIMIT", 0.1)
    endpoint.write = lambda request: over.wait(30)
    assert refused(fetch).code == "provider_unreachable"
    over.set()


def test_a_body_that_never_ends(endpoint, fetch, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(_https, "_LIMIT", 0.2)

    def write(request):
        request.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        # A byte at a time keeps each step short.
        while not over.wait(0.02):
            request.wfile.write(b" ")

    endpoint.write = write
    assert refused(fetch).code == "provider_unreachable"
    over.set()


def test_a_proxy_is_not_asked_for_this_machine(endpoint, fetch, monkeypatch):
    proxy = FakeTokenEndpoint()
    try:
        proxy.give(GOOD)
        endpoint.give({**GOOD, "access_token": "direct"})
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert fetch().token == "direct"
        assert proxy.requests == []
    finally:
        proxy.close()


class Noted(io.StringIO):
    """A stream that tells when something has been written."""

    def __init__(self):
        super().__init__()
        self.written = threading.Event()

    def write(self, text):
        super().write(text)
        self.written.set()


def test_a_service_that_is_down_is_asked_again(endpoint, monkeypatch):
    monkeypatch.setattr(_headless, "_FIRST_PAUSE", 0.1)
    said = Noted()
    monkeypatch.setattr("sys.stderr", said)
    endpoint.give(b"", 503)
    clock = SystemClock()
    environ = {**CLIENT, "IDP_TOKEN_URL": f"{endpoint.url}/token"}
    agent = Agent(NoKernel(), clock, Slot(), Headless(clock, environ))
    agent.fall_back()

    def be_well_again(request):
        said.written.wait(LIMIT)
        FakeTokenEndpoint.write(endpoint, request)

    def be_down(request):
        FakeTokenEndpoint.write(endpoint, request)
        endpoint.give(GOOD)
        endpoint.write = be_well_again

    endpoint.write = be_down
    assert agent.get_token(()) == "a.good.token"
    assert len(endpoint.requests) == 2
    assert said.getvalue() == (
        "cdf_auth: the sign-in service doesn't answer yet; asking again.\n"
    )
