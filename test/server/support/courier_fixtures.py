"""A courier, and an agent that is none at its other end."""

import asyncio

import pytest
from support.stepped_clock import SteppedClock

from jupyterlab_cdf_auth.access_token import AccessToken
from jupyterlab_cdf_auth.clock import Deadline
from jupyterlab_cdf_auth.courier import Courier
from jupyterlab_cdf_auth.desk import KernelDesk
from jupyterlab_cdf_auth.device_code_session import DeviceCodeSession
from jupyterlab_cdf_auth.models import Connection, Context, Replaced
from jupyterlab_cdf_auth.session import Status

SCOPES = ("https://api.test/.default",)
CHOSEN = "2026-01-01T12:00:00.5Z"
EARLIER = "1970-01-01T00:00:00.000Z"
LATER = "2026-01-01T12:00:01+00:00"
CONTEXT = Context("Contoso", "api", "north", "https://x.test", SCOPES, CHOSEN)
CONNECTION = Connection("Contoso", "t", "c", "api", "https://x.test", "a", SCOPES)


class FakeTransport:
    """An agent, or none, at the other end."""

    language = "python"

    def __init__(self, clock):
        self.clock = clock
        self.is_idle = True
        self.instance = None
        self.follows = self.since = None
        self.is_silent = False
        #: Operations that get lost, once each.
        self.loses = set()
        #: Cleared: it takes its time to answer.
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.open = []
        #: An operation that the agent doesn't know.
        self.refuses = None
        #: What the installation says.
        self.outcome = "ok"
        self.said = []
        self.executed = []
        self.installs = True
        self.on_received = None

    def reopen(self):
        pass

    def close(self):
        return []

    async def send(self, content, _timeout_s):
        message = content["cdf_auth"]
        self.said.append(message)
        await asyncio.sleep(0)
        await self.may_answer.wait()
        if self.is_silent or message["op"] in self.loses:
            self.loses.discard(message["op"])
            return None
        if self.instance is None:
            return {"status": "ok", "comms": {}}
        if message["op"] == self.refuses:
            refusal = {"ok": False, "instance": self.instance, "code": "malformed"}
            return {"cdf_auth": refusal}
        ok = message["op"] == "hello" or message["instance"] == self.instance
        reply = {"v": 1, "ok": ok, "instance": self.instance}
        if message["op"] == "hello":
            reply |= {"now": self.clock.wall(), "session": self.follows}
            reply |= {"since": self.since, "open": self.open}
        elif message["op"] == "context" and ok:
            self.follows, self.since = message["session"], message["since"]
        elif message["op"] == "bye" and ok:
            self.follows = self.since = None
        return {"cdf_auth": reply if ok else {**reply, "code": "instance"}}

    async def execute(self, code, channel, _timeout_s):
        self.executed.append(channel)
        if self.installs:
            self.instance = "i-1"
        return self.outcome

    def heard(self, op):
        return [message for message in self.said if message["op"] == op]


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def transport(clock):
    return FakeTransport(clock)


@pytest.fixture
def session(clock, monkeypatch):
    made = DeviceCodeSession("", CONNECTION, clock)
    made.status = Status.ACTIVE

    async def get_token(scopes, _min_ttl=None):
        if made.problem:
            raise made.problem
        return AccessToken("token", scopes, Deadline(clock, 3600), 3600)

    monkeypatch.setattr(made, "get_token", get_token)
    return made


@pytest.fixture
def desk(session):
    async def is_there():
        return True

    made = KernelDesk(is_there)
    made.name(session, CONTEXT)
    return made


@pytest.fixture
def moved(session):
    """Return the session as one that has taken the place of a page's."""
    session.replaces = Replaced("t-1", "a@x.test", None)
    return session


@pytest.fixture
def courier(transport, desk, clock, jp_asyncio_loop):
    made = Courier(transport, desk, clock, "h-1", "bootstrap")
    yield made
    jp_asyncio_loop.run_until_complete(stopped(made))


async def stopped(courier):
    await asyncio.gather(*courier.close(), return_exceptions=True)


async def turns(number=60):
    """Let whatever is under way go on; the clock steps, so nothing takes time."""
    for _ in range(number):
        await asyncio.sleep(0)


def question(clock, **changes):
    return {
        "v": 1,
        "op": "token",
        "id": "q1",
        "instance": "i-1",
        "session": None,
        "scopes": [],
        "min_ttl": None,
        "sent": clock.wall(),
        "timeout": 60,
        **changes,
    }
