"""A clock that a test lets pass, and a kernel that only notes what is asked."""

from bisect import insort
from itertools import count

from cdf_auth import WouldDeadlock
from cdf_auth._agent import Agent
from cdf_auth._cache import Slot
from cdf_auth._headless import Headless


class FakeClock:
    """Waits by advancing, doing on the way what was planned for that time."""

    def __init__(self):
        self.now = 1000.0
        #: By how much the wall clock is ahead; a jump of it is a suspended machine.
        self.ahead = 1_790_000_000.0
        self._plans = []
        self._order = count()

    def monotonic(self):
        return self.now

    def wall(self):
        return self.now + self.ahead

    def at(self, seconds, action):
        """Plan `action` for `seconds` from now."""
        insort(self._plans, (self.now + seconds, next(self._order), action))

    def advance(self, seconds, until=lambda: False):
        end = self.now + seconds
        while not until() and self._plans and self._plans[0][0] <= end:
            self.now, _, action = self._plans.pop(0)
            action()
        if not until():
            self.now = end

    def wait(self, signal, seconds):
        self.advance(seconds, signal.is_set)

    async def wait_async(self, signal, seconds):
        self.advance(seconds, signal.is_set)


class FakePort:
    """Notes questions, and answers them if it is told how."""

    def __init__(self):
        self.sent = []
        self.answer = lambda question: None
        self.is_control_thread = False

    def send(self, data):
        self.sent.append(data)
        self.answer(data)

    def obstacle(self):
        return WouldDeadlock() if self.is_control_thread else None


SCOPES = ("https://westeurope-1.cognitedata.com/.default",)
STORAGE = "https://storage.azure.com/.default"


class World:
    """An agent with its surroundings, and the holder's side of the protocol."""

    def __init__(self, environ=None, clock=None):
        #: The only one: all parts of an agent go by the clock that it was made with.
        self.clock = clock or FakeClock()
        self.port = FakePort()
        self.slot = Slot()
        #: What a run without JupyterLab would find; requests are made at once.
        self.environ = {} if environ is None else environ
        headless = Headless(self.clock, self.environ, start=lambda work: work())
        self.agent = Agent(self.port, self.clock, self.slot, headless)
        self._numbers = count(1)

    def say(self, op, **fields):
        return self.agent.receive(
            {"v": 1, "op": op, "instance": self.agent.instance, **fields}
        )

    def hello(self):
        return self.agent.receive({"v": 1, "op": "hello", "holder": "h-1"})

    def select(self, session="s-1", project="north", **more):
        fields = {
            "session": session,
            "connection": "Contoso",
            "cluster": "westeurope-1",
            "project": project,
            "base_url": "https://westeurope-1.cognitedata.com",
            "account": "alice@contoso.test",
            "scopes": list(SCOPES),
            "since": "2026-11-23T10:00:00.000Z",
            "settled": True,
        }
        reply = self.say("context", **{**fields, **more})
        assert reply["ok"], reply

    def deliver(  # noqa: PLR0913 - the message's fields
        self,
        token=None,
        *,
        id_=None,
        session="s-1",
        scopes=SCOPES,
        expires_in=3600,
        lifetime=3600,
        sent=None,
    ):
        """Deliver, by default for what was asked last, or told to a greeting."""
        if sent is None:
            asked = [one["sent"] for one in self.port.sent if one["id"] == id_]
            sent = asked[-1] if asked else self.hello()["now"]
        reply = self.say(
            "token",
            id=id_,
            session=session,
            scopes=list(scopes),
            token=token or f"token-{next(self._numbers)}",
            expires_in=expires_in,
            lifetime=lifetime,
            sent=sent,
        )
        assert reply["ok"], reply

    def answer_all(self, **how):
        """Answer every question from now on at once."""

        def answer(question):
            self.deliver(
                id_=question["id"],
                sent=question["sent"],
                **{
                    "session": question["session"] or "s-1",
                    "scopes": question["scopes"] or SCOPES,
                    **how,
                },
            )

        self.port.answer = answer

    def attach(self):
        self.hello()
        self.select()

    def get_token(self, *scopes, **options):
        return self.agent.get_token(scopes, **options)
