"""Walks test/vectors/faults.json: what a run without JupyterLab does about each fault.

The real requests go to a real (and faulty) provider on loopback; time is a fake.
"""

import runpy
import socket

import pytest
from cdf_auth import TokenRefused, _https, _wait
from support.fake_clock import World
from support.headless_environment import CLIENT
from support.real_kernel import ROOT

FAULTY = runpy.run_path(str(ROOT / "test" / "fakes" / "faulty_provider.py"))

#: Entra ID is asked by msal, any other provider by the standard library.
PROVIDERS = ("entra", "other")


@pytest.fixture
def provider(tmp_path):
    started = FAULTY["FaultyProvider"](tmp_path)
    yield started
    started.close()


@pytest.fixture
def run(kind, provider, monkeypatch):
    """Return a run that has waited for a holder before."""
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(provider.ca_file))
    environ = {
        **CLIENT,
        "IDP_CLIENT_ID": FAULTY["APPLICATION"],
        "IDP_TOKEN_URL": f"{provider.authority}/token",
    }
    if kind == "entra":
        del environ["IDP_TOKEN_URL"]
        environ["IDP_AUTHORITY_URL"] = provider.authority
    world = World(environ)
    world.agent.alone_since = world.clock.now - _wait.SILENCE
    provider.pass_time = world.clock.advance
    return world


@pytest.fixture
def break_(provider, monkeypatch):
    """Let the network or the provider have a fault."""

    def work(fault):
        provider.break_(fault)
        event = fault.get("event")
        if event == "silent":
            monkeypatch.setattr(_https, "_STEP_LIMIT", 0.05)
        elif event == "untrusted":
            monkeypatch.delenv("SSL_CERT_FILE")
        elif event == "unknown-host":
            monkeypatch.setattr(socket, "getaddrinfo", unknown)

    return work


def unknown(*arguments, **options):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def outcome_of(world, delay):
    """Call as a cell does, and say what happened in the words of the table.

    Each answer takes `delay` seconds.
    """
    started = world.clock.now
    with pytest.raises(TokenRefused) as caught:
        world.get_token()
    assert caught.value.action
    # What may pass is asked for again and again for a minute.
    has_waited = 45 <= world.clock.now - started <= 60 + delay
    assert has_waited or world.clock.now == started + delay
    return f"{'waits' if has_waited else 'fails'} {caught.value.code}"


def walk():
    for kind in PROVIDERS:
        for fault, outcome in FAULTY["faults_of"]("headless"):
            # The configuration of another provider isn't asked for, and its tokens
            # aren't compared.
            if kind == "entra" or not {"only", "at"} & fault.keys():
                name = f"{kind}: {fault['name']}"
                yield pytest.param(kind, fault, outcome, id=name)


@pytest.mark.parametrize(("kind", "fault", "outcome"), list(walk()))
def test_a_renewal_meets_a_fault(run, fault, outcome, break_):
    delay = fault.get("delay", 0)
    if fault.get("at") == "discovery":
        break_(fault)
    else:
        assert run.get_token() == FAULTY["GOOD"]["access_token"]
        run.clock.advance(3550)
        break_(fault)
        # The old token is good for a while, and goes on being used.
        started = run.clock.now
        assert run.get_token() == FAULTY["GOOD"]["access_token"]
        assert run.clock.now == started + delay
        run.clock.advance(51)
    assert outcome_of(run, delay) == outcome


def test_a_cell_is_not_told_to_sign_in_where_an_administrator_must_act():
    outcomes = [outcome.split() for _, outcome in FAULTY["faults_of"]("profile")]
    reasons = {reason for kind, reason in outcomes if kind == "administrator"}
    assert reasons
    for reason in reasons:
        assert reason.startswith(_wait._OF_APPLICATION)  # noqa: SLF001
