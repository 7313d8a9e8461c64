"""Walks test/vectors/faults.json: what the server does about each fault of a renewal.

Real sessions ask a real (and faulty) provider on loopback, by msal; time is a fake.
"""

import logging
import runpy
import socket
from pathlib import Path

import msal
import pytest
from support.fake_provider import encode
from support.stepped_clock import SteppedClock

from jupyterlab_cdf_auth.access_token import AccessToken
from jupyterlab_cdf_auth.authorities import Authorities
from jupyterlab_cdf_auth.blocking import Blocking
from jupyterlab_cdf_auth.bounded_http import Trust
from jupyterlab_cdf_auth.clock import Deadline
from jupyterlab_cdf_auth.desk import KernelDesk
from jupyterlab_cdf_auth.device_code_session import DeviceCodeSession
from jupyterlab_cdf_auth.models import Connection
from jupyterlab_cdf_auth.oauth import OAuthClient
from jupyterlab_cdf_auth.oauth_settings import OAuthSettings
from jupyterlab_cdf_auth.profiles.reading import read_profiles
from jupyterlab_cdf_auth.profiles.session import ProfileSession
from jupyterlab_cdf_auth.protocol import CONTENT_KEY, TokenRequest
from jupyterlab_cdf_auth.session import Status
from jupyterlab_cdf_auth.sign_in_answers import Account

FAULTY = runpy.run_path(str(Path(__file__).parents[1] / "fakes" / "faulty_provider.py"))
SCOPES = ("https://api.cognitedata.com/.default",)
LOG = logging.getLogger("test_faults")

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]


@pytest.fixture
def provider(tmp_path):
    started = FAULTY["FaultyProvider"](tmp_path)
    yield started
    started.close()


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def connection(provider):
    return Connection(
        label="Contoso",
        tenant=FAULTY["TENANT"],
        client_id=FAULTY["APPLICATION"],
        cluster="api",
        base_url="https://api.cognitedata.com",
        authority=provider.authority,
        scopes=SCOPES,
    )


@pytest.fixture
def settings(provider, clock, fault, jp_asyncio_loop, monkeypatch):
    event = fault.get("event")
    if event == "unknown-host":
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    blocking = Blocking()
    yield OAuthSettings(
        authorities=Authorities([], [provider.host], LOG),
        trust=Trust("" if event == "untrusted" else str(provider.ca_file)),
        timeout_s=0.3 if event == "silent" else 20,
        blocking=blocking,
        clock=clock,
    )
    jp_asyncio_loop.run_until_complete(blocking.close())


def unknown(*arguments, **options):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def of_a_person(settings, connection, provider, _):
    """Give a session that goes on with a refresh token, as after a restart."""
    claims = {
        "iss": f"{provider.authority}/v2.0",
        "sub": "bob",
        "oid": FAULTY["OBJECT_ID"],
        "preferred_username": "bob@contoso.test",
    }
    cache = msal.SerializableTokenCache()
    cache.add(
        {
            "client_id": connection.client_id,
            "scope": list(SCOPES),
            "environment": "localhost",
            "token_endpoint": f"{provider.authority}/token",
            "response": {
                **FAULTY["GOOD"],
                "id_token": f"{encode({'alg': 'none'})}.{encode(claims)}.",
                "client_info": encode(
                    {"uid": FAULTY["OBJECT_ID"], "utid": FAULTY["TENANT"]}
                ),
            },
        }
    )
    authority = settings.authorities.check(connection.authority)
    client = OAuthClient(
        settings,
        authority=authority,
        client_id=connection.client_id,
        cache=cache.serialize(),
    )
    session = DeviceCodeSession("ann", connection, settings.clock)
    account = Account("Bob", "bob@contoso.test", (claims["iss"], claims["oid"]))
    session.resume(client, account)
    return session


def of_a_profile(settings, connection, _, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("S3cr~t-Value")
    secret.chmod(0o600)
    fields = {
        "name": "nightly",
        "clientId": connection.client_id,
        "authority": connection.authority,
        "secretFile": str(secret),
    }
    [profile] = read_profiles([fields], ["api"], settings, {}, LOG)
    session = ProfileSession("ann", profile, connection, settings.clock)
    session.resume()
    return session


SESSIONS = {"server": of_a_person, "profile": of_a_profile}


@pytest.fixture
def session(holder, settings, connection, provider, tmp_path):
    return SESSIONS[holder](settings, connection, provider, tmp_path)


async def answer(session):
    """Ask as a kernel does; give the message that it gets."""

    async def is_there():
        return True

    desk = KernelDesk(is_there)
    desk.name(session, None)
    asked = TokenRequest("q-1", "i-1", session.id, (), None, 0.0, 60.0)
    return (await desk.answer(asked))[CONTENT_KEY]


def outcome_of(message, session):
    """Say it in the words of the table."""
    if message["op"] != "waiting":
        return f"fails {message['code']}"
    if session.status is Status.ENDED:
        return f"sign-in {message['reason']}"
    who = "waits" if session.problem is None else "administrator"
    return f"{who} {message['reason']}"


def walk():
    for holder in SESSIONS:
        for fault, outcome in FAULTY["faults_of"](holder):
            name = f"{holder}: {fault['name']}"
            yield pytest.param(holder, fault, outcome, id=name)


@pytest.mark.parametrize(("holder", "fault", "outcome"), list(walk()))
async def test_a_renewal_meets_a_fault(session, fault, outcome, provider, clock):
    good = AccessToken("good", SCOPES, Deadline(clock, 3600), 3600)
    session._credentials.put(good)  # noqa: SLF001 - that of the sign-in
    clock.advance(3550)
    provider.pass_time = clock.advance
    provider.break_(fault)

    soon = await answer(session)
    if FAULTY["is_passing"](outcome):
        # The old token is good for a while, and goes on being used.
        assert soon.get("token") == "good"
    clock.advance(60)
    message = await answer(session)
    assert outcome_of(message, session) == outcome
    assert (session.problem is None) == outcome.startswith(("waits", "fails"))


@pytest.mark.parametrize("fault", [{}])
@pytest.mark.parametrize("holder", SESSIONS)
async def test_a_renewal_meets_none(session):
    assert (await answer(session)).get("token") == FAULTY["GOOD"]["access_token"]
