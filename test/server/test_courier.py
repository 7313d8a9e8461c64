"""The courier of one kernel: what it says, when, and how often."""

import asyncio
from dataclasses import replace

import pytest
from stepped_clock import SteppedClock

from jupyterlab_cdf_auth import protocol
from jupyterlab_cdf_auth.access_token import AccessToken
from jupyterlab_cdf_auth.clock import Deadline
from jupyterlab_cdf_auth.courier import Courier
from jupyterlab_cdf_auth.desk import KernelDesk
from jupyterlab_cdf_auth.device_code_session import DeviceCodeSession
from jupyterlab_cdf_auth.models import Connection, Context, Replaced
from jupyterlab_cdf_auth.provider_errors import sign_in_required
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


async def test_an_idle_kernel_gets_the_agent_on_shell(courier, transport):
    courier.open()
    await turns()
    assert transport.executed == ["shell"]
    assert [one["settled"] for one in transport.heard("context")] == [False, True]


async def test_a_busy_kernel_gets_it_on_control_and_settles_later(courier, transport):
    transport.is_idle = False
    courier.open()
    await turns()
    assert transport.executed == ["control"]
    assert [one["settled"] for one in transport.heard("context")] == [False]
    transport.is_idle = True
    courier.status_changed()
    await turns()
    assert [one["settled"] for one in transport.heard("context")] == [False, True]


async def test_a_kernel_that_cannot_have_the_agent_is_left_in_peace(courier, transport):
    transport.installs = False
    courier.open()
    await turns(300)
    attempts = len(transport.said)
    assert len(transport.heard("hello")) == attempts
    await turns(300)
    assert len(transport.said) == attempts


@pytest.mark.parametrize("language", ["r", "julia"])
async def test_another_language_is_never_spoken_to(courier, transport, language):
    transport.language = language
    courier.open()
    courier.restarted()
    await turns()
    assert transport.said == transport.executed == []


@pytest.mark.parametrize("outcome", ["python", "kernel", "version"])
async def test_a_kernel_that_says_that_it_cannot_gets_no_more_code(
    courier, transport, outcome
):
    transport.installs, transport.outcome = False, outcome
    courier.open()
    await turns(300)
    for _ in range(5):
        courier.status_changed()
        await turns()
    assert transport.executed == ["shell"]
    # Its next process may be another one.
    transport.installs, transport.outcome = True, "ok"
    courier.restarted()
    await turns()
    assert len(transport.heard("context")) == 2


async def test_what_is_queued_in_a_restarted_kernel_is_not_installed_twice(
    courier, transport, monkeypatch
):
    """A second installation, on control, would only hold the first cell up."""
    is_read = asyncio.Event()

    async def execute(_code, channel, _timeout_s):
        transport.executed.append(channel)
        await is_read.wait()
        transport.instance = "i-2"
        return "ok"

    monkeypatch.setattr(transport, "execute", execute)
    courier.restarted()
    await turns()
    assert transport.executed == ["shell"]
    is_read.set()
    await turns()
    assert transport.executed == ["shell"]
    assert transport.heard("context")


async def test_an_agent_of_another_version_is_left_alone(
    courier, transport, monkeypatch
):
    async def send(content, _timeout_s):
        transport.said.append(content["cdf_auth"])
        reply = {"v": 2, "ok": False, "instance": "i-2", "code": "version"}
        return {"cdf_auth": reply}

    monkeypatch.setattr(transport, "send", send)
    courier.open()
    await turns(300)
    assert transport.executed == []
    assert len(transport.said) == 1


async def test_what_is_open_already_is_answered_at_once(courier, transport, clock):
    transport.instance = "i-1"
    transport.open = [question(clock), "garbage", None]
    courier.open()
    await turns()
    assert [one["id"] for one in transport.heard("token")] == ["q1"]


@pytest.mark.parametrize(
    ("since", "is_told"),
    [
        ("2026-01-01T12:00:00+00:00", True),
        ("2026-01-01T12:00:01+00:00", False),
        ("2026-01-01T13:00:00+02:00", True),
        (None, False),
        ("yesterday", False),
    ],
)
async def test_what_was_chosen_last_is_told(courier, transport, since, is_told):
    transport.instance, transport.follows = "i-1", "somebody-elses"
    transport.since = since
    courier.open()
    await turns()
    assert len(transport.heard("context")) == (2 if is_told else 0)


async def test_an_older_choice_takes_no_newer_ones_place(session, desk):
    assert not desk.name(session, replace(CONTEXT, project="old", since=EARLIER))
    assert desk.selected[1].project == "north"
    assert desk.name(session, replace(CONTEXT, project="new", since=LATER))
    assert desk.selected[1].project == "new"


async def test_a_choice_is_told_whomever_the_kernel_follows(courier, transport):
    transport.instance, transport.follows = "i-1", "somebody-elses"
    transport.since = "2027-01-01T00:00:00+00:00"
    courier.open()
    await turns()
    courier.send_context()
    await turns()
    assert len(transport.heard("context")) == 2
    # But it isn't told again over what was chosen elsewhere since.
    courier.attach()
    await turns()
    assert len(transport.heard("context")) == 2
    transport.follows = None
    courier.attach()
    await turns()
    assert len(transport.heard("context")) == 4


async def test_what_was_moved_here_is_told_once_to_each_process(
    courier, transport, moved
):
    for instance in ("i-1", "i-1", "i-2"):
        transport.instance = instance
        courier.attach()
        await turns()
        assert courier.moves.is_known(moved.id)
    told = transport.heard("replace")
    assert [one["instance"] for one in told] == ["i-1", "i-2"]
    assert told[0]["replaces"] == ["t-1"]
    assert (told[0]["session"], told[0]["account"]) == (moved.id, "a@x.test")


async def test_a_kernel_that_follows_what_was_moved_is_told_the_context(
    courier, transport, moved
):
    transport.instance, transport.follows = "i-1", moved.replaces.session
    transport.since = CHOSEN
    courier.open()
    await turns()
    operations = [one["op"] for one in transport.said]
    assert operations == ["hello", "replace", "context", "context"]


async def test_an_agent_that_does_not_know_the_message_is_told_the_context(
    courier, transport, moved
):
    transport.instance, transport.follows = "i-1", moved.replaces.session
    transport.since = CHOSEN
    transport.refuses = "replace"
    courier.open()
    await turns()
    assert len(transport.heard("context")) == 2
    assert not courier.moves.is_known(moved.id)
    # It isn't asked again and again.
    courier.attach()
    await turns()
    assert len(transport.heard("replace")) == 1


async def test_an_answered_question_is_not_answered_twice(courier, transport, clock):
    courier.open()
    await turns()
    for _ in range(3):
        transport.on_received(question(clock))
        await turns()
    assert len(transport.heard("token")) == 1
    transport.on_received(question(clock, id="q2"))
    await turns()
    assert [one["id"] for one in transport.heard("token")] == ["q1", "q2"]


async def test_who_waits_for_a_sign_in_is_answered_after_it(
    courier, transport, clock, session
):
    session.problem = sign_in_required()
    courier.open()
    await turns()
    transport.on_received(question(clock, session=session.id))
    await turns()
    assert [one["reason"] for one in transport.heard("waiting")] == ["sign_in_required"]
    session.problem = None
    transport.on_received(question(clock, session=session.id))
    await turns()
    assert [one["id"] for one in transport.heard("token")] == ["q1"]


async def test_another_holders_question_is_its_own_business(courier, transport, clock):
    courier.open()
    await turns()
    transport.on_received(question(clock, session="somebody-elses"))
    await turns()
    assert {one["op"] for one in transport.said} == {"hello", "context"}


@pytest.mark.parametrize("hours", [-24, 24])
async def test_a_clock_that_is_set_keeps_nobody_from_an_answer(
    courier, transport, clock, session, hours
):
    courier.open()
    await turns()
    # The server's clock is not the kernel's: only one of them was set.
    sent = clock.wall()
    clock.ahead += hours * 3600
    kernel_time = lambda: clock.now + clock.ahead - hours * 3600  # noqa: E731
    transport.clock = type("KernelClock", (), {"wall": staticmethod(kernel_time)})
    transport.on_received(question(clock, session=session.id, sent=sent))
    await turns()
    assert len(transport.heard("token")) == 1


async def test_a_question_that_is_too_old_is_void(courier, transport, clock, session):
    courier.open()
    await turns()
    old = question(clock, session=session.id)
    clock.advance(61)
    transport.on_received(old)
    await turns()
    assert transport.heard("token") == []


async def test_a_new_process_is_greeted_before_it_is_answered(
    courier, transport, clock, session
):
    courier.open()
    await turns()
    transport.instance = "i-2"
    transport.on_received(question(clock, session=session.id, instance="i-2"))
    await turns()
    assert [one["op"] for one in transport.said][-4:].count("hello") >= 1
    assert [one["instance"] for one in transport.heard("token")] == ["i-2"]


async def test_a_flood_of_foreign_questions_makes_few_greetings(
    courier, transport, clock, session
):
    courier.open()
    await turns()
    before = len(transport.heard("hello"))
    for number in range(1000):
        foreign = question(clock, session=session.id, instance=f"x-{number}")
        transport.on_received(foreign)
        await turns(5)
    # The clock has stepped by the two times half a second for the kernel to settle.
    assert len(transport.heard("hello")) - before <= 5
    assert transport.heard("token") == []


async def test_bye(courier, transport, session):
    courier.open()
    await turns()
    courier.say_bye(session.id)
    await courier.finish()
    assert transport.heard("bye") == [
        protocol.bye("i-1", session.id)["cdf_auth"],
    ]
