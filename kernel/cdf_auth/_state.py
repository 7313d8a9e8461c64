"""What the agent knows: selections, sessions, tokens and open questions.

Pure apart from the clock. The agent calls it under its lock; what only reads one value
(`target`, `look`) needs none, so that a cached call never waits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import _protocol as protocol
from ._cache import NOTHING, Held, reserve
from ._fields import Refusal
from ._questions import Questions
from ._sent_times import SentTimes
from ._sessions import Sessions
from ._switch import Switch
from ._token import Token
from .errors import SignInRequired, TokenRefused

if TYPE_CHECKING:
    from ._cache import Slot
    from ._clock import Clock
    from ._protocol import Message
    from ._questions import Key, Question
    from .errors import CdfAuthError

#: Tokens that are kept: more than anybody's sessions and scopes, and not without end.
_MAX_TOKENS = 200


class State:
    """The state of one agent, changed by holders' messages."""

    def __init__(self, clock: Clock, slot: Slot) -> None:
        """Keep in `slot` the token that `get_token()` without arguments gives."""
        self.switch = Switch()
        self.questions = Questions()
        self.sessions = Sessions()
        self.sent_times = SentTimes(clock)
        #: Whether a holder has ever said hello.
        self.attached = False
        #: The protocol's version of a holder that speaks another one, if any came.
        self.foreign_version: int | None = None
        self.tokens: dict[Key, Held] = {}
        self._clock = clock
        self._slot = slot
        self._signed_out = False

    def target(self, pin: Key | None, scopes: tuple[str, ...]) -> Key:
        """Name the session and the scopes that a call is about at this moment.

        The default scopes are named too: a session can serve several clusters, and
        the holder may have selected another one by now.
        """
        if pin is None:
            selected = self.switch.current
            pin = (selected.session, selected.scopes) if selected else (None, ())
        session = None if pin[0] is None else self.sessions.heir_of(pin[0])
        return session, _normal(scopes or pin[1])

    def look(self, key: Key, min_ttl: float | None) -> Held | None:
        """Give the token that is held for `key` and good enough, if any."""
        held = self.tokens.get(key)
        return held if held and held.is_good(min_ttl, self._clock) else None

    def find(self, token: Token) -> tuple[tuple[str, tuple[str, ...]], Held] | None:
        """Give the session and scopes of a token that is held, and its deadlines."""
        for (session, scopes), held in list(self.tokens.items()):
            if held.token is token and session is not None:
                return (session, scopes), held
        return None

    def join(self, key: Key, min_ttl: float | None) -> Question | None:
        """Wait for the open question about `key`, or open it.

        `None` where a token has come since the caller looked, so that the last of many
        threads doesn't ask again. Raises `SignInRequired` after a sign-out.
        """
        session = key[0]
        if self._signed_out if session is None else self.sessions.has_ended(session):
            raise SignInRequired
        if self.look(key, min_ttl) is not None:
            return None
        return self.questions.join(key, min_ttl, self._clock.monotonic())

    def adopt(self, selected: protocol.Selected) -> None:
        """Follow the environment, as nobody else is there; it is never signed out."""
        self.switch.offer(selected)
        self.refill()

    def settle(self, key: Key, outcome: Held | CdfAuthError) -> None:
        """Take up what the environment gave for `key`, and wake those who wait."""
        if isinstance(outcome, Held):
            self._keep(key, outcome)
            self.refill()
        self.questions.answer(outcome, lambda one: one.key == key)

    def refill(self) -> None:
        """Put the token of what is selected into the slot."""
        self._slot.held = self.tokens.get(self.target(None, ()), NOTHING)

    def act(self, message: Message) -> None:
        """Do what a holder's message says. Raises `Refusal` for a stranger's token."""
        if isinstance(message, protocol.Hello):
            self.attached = True
        elif isinstance(message, protocol.Selected):
            self._select(message)
        elif isinstance(message, protocol.Delivered):
            self._store(message)
        elif isinstance(message, protocol.Waiting):
            question = self.questions.find(message.id)
            if question is not None:
                question.reason = message.reason
        elif isinstance(message, protocol.Refused):
            error = TokenRefused(message.code, message.message, message.action)
            self.questions.answer(error, lambda one: one.id == message.id)
        elif isinstance(message, protocol.Replacement):
            self._replace(message)
        else:
            self._end(message.session)

    def _select(self, told: protocol.Selected) -> None:
        selected = replace(told, session=self.sessions.stand_in_for(told.session))
        self.sessions.start(selected.session, (selected.connection, selected.account))
        dropped = self.switch.dropped
        if dropped and self.sessions.heir_of(dropped.session) == selected.session:
            # The same person has signed in again: what runs goes on.
            self.switch.resume(selected.session)
        self.switch.offer(selected)
        if self.switch.current is not None:
            self._signed_out = False
        self.refill()

    def _replace(self, moved: protocol.Replacement) -> None:
        session = moved.session
        taken = self.sessions.replace(moved.replaces, session, moved.account)
        for (its, scopes), held in list(self.tokens.items()):
            if its in taken:
                # Of the same person and for the same resource: as good as its own.
                self._keep_later((session, scopes), held)
        self.refill()

    def _store(self, delivered: protocol.Delivered) -> None:
        session = delivered.session
        if self.sessions.has_ended(session):
            return
        asked = self.questions.find(delivered.id)
        is_answer = asked is not None and asked.key[0] in (None, session)
        if not is_answer and not self.sessions.is_live(session):
            raise Refusal("session", "No such session has been told to this kernel.")
        left = delivered.expires_in - self.sent_times.age(delivered.sent)
        if left <= reserve(delivered.lifetime):
            # The question stays open, and is sent again each second.
            raise Refusal("late", "The token has come too late to be used.")
        held = Held(Token(delivered.token), left, delivered.lifetime, self._clock)
        key: Key = session, _normal(delivered.scopes)
        if asked is not None and is_answer:
            if asked.key[1]:
                # The holder may name the scopes that were granted instead.
                self._keep((session, asked.key[1]), held)
            self._keep(key, held)
            self.questions.answer(held, lambda one: one is asked)
        else:
            self._keep_later(key, held)
        self.refill()
        self.questions.answer(
            held,
            lambda one: one.key == key and held.is_good(one.min_ttl, self._clock),
        )

    def _keep_later(self, key: Key, held: Held) -> None:
        """Keep a token unless it has been overtaken by one that lives longer."""
        before = self.tokens.get(key)
        if before is None or held.left(self._clock) >= before.left(self._clock):
            self._keep(key, held)

    def _keep(self, key: Key, held: Held) -> None:
        """Keep a token; the one that was kept first goes where there are too many."""
        self.tokens.pop(key, None)
        self.tokens[key] = held
        if len(self.tokens) > _MAX_TOKENS:
            del self.tokens[next(iter(self.tokens))]

    def _end(self, session: str | None) -> None:
        ended = self.sessions.end(session)
        self.tokens = {
            key: held for key, held in self.tokens.items() if key[0] not in ended
        }
        was_followed = self.switch.current is not None
        self.switch.forget(None if session is None else ended)
        if session is None or (was_followed and self.switch.current is None):
            self._signed_out = True
        self.refill()
        self.questions.answer(
            SignInRequired(),
            lambda one: (
                session is None
                or one.key[0] in ended
                or (one.key[0] is None and self._signed_out)
            ),
        )


def _normal(scopes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(scopes)))
