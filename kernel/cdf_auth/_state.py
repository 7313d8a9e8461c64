"""What the agent knows: selections, sessions, tokens and open questions.

Pure apart from the clock. The agent calls it under its lock; what only reads one value
(`target`, `look`) needs none, so that a cached call never waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _protocol as protocol
from ._cache import NOTHING, Held
from ._questions import Questions
from ._switch import Switch
from ._token import Token
from .errors import SignInRequired, TokenRefused

if TYPE_CHECKING:
    from ._cache import Slot
    from ._clock import Clock
    from ._protocol import Message
    from ._questions import Key, Question

#: Sessions that have ended are remembered, so that a late token isn't taken up again.
_MAX_ENDED = 100


class State:
    """The state of one agent, changed by holders' messages."""

    def __init__(self, clock: Clock, slot: Slot) -> None:
        """Keep in `slot` the token that `get_token()` without arguments gives."""
        self.switch = Switch()
        self.questions = Questions()
        self.sessions: set[str] = set()
        #: Whether a holder has ever said hello.
        self.attached = False
        self.tokens: dict[Key, Held] = {}
        self._clock = clock
        self._slot = slot
        self._ended: dict[str, None] = {}
        self._signed_out = False

    def target(self, pin: Key | None, scopes: tuple[str, ...]) -> Key:
        """Name the session and the scopes that a call is about at this moment.

        The default scopes are named too: a session can serve several clusters, and
        the holder may have selected another one by now.
        """
        if pin is None:
            selected = self.switch.current
            pin = (selected.session, selected.scopes) if selected else (None, ())
        return pin[0], _normal(scopes or pin[1])

    def look(self, key: Key, min_ttl: float | None) -> Held | None:
        """Give the token that is held for `key` and good enough, if any."""
        held = self.tokens.get(key)
        return held if held and held.is_good(min_ttl, self._clock) else None

    def join(self, key: Key, min_ttl: float | None) -> Question | None:
        """Wait for the open question about `key`, or open it.

        `None` where a token has come since the caller looked, so that the last of many
        threads doesn't ask again. Raises `SignInRequired` after a sign-out.
        """
        if key[0] in self._ended or (key[0] is None and self._signed_out):
            raise SignInRequired
        if self.look(key, min_ttl) is not None:
            return None
        return self.questions.join(key, min_ttl, self._clock.monotonic())

    def refill(self) -> None:
        """Put the token of what is selected into the slot."""
        self._slot.held = self.tokens.get(self.target(None, ()), NOTHING)

    def act(self, message: Message) -> None:
        """Do what a holder's message says."""
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
        else:
            self._end(message.session)

    def _select(self, selected: protocol.Selected) -> None:
        self.sessions.add(selected.session)
        self._ended.pop(selected.session, None)
        self._signed_out = False
        self.switch.offer(selected)
        self.refill()

    def _store(self, delivered: protocol.Delivered) -> None:
        session = delivered.session
        if session in self._ended:
            return
        held = Held(
            Token(delivered.token),
            delivered.expires_in,
            delivered.lifetime,
            self._clock,
        )
        key: Key = session, _normal(delivered.scopes)
        self.tokens[key] = held
        asked = self.questions.find(delivered.id)
        if asked is not None and asked.key[0] in (None, session):
            if asked.key[1]:
                # The holder may name the scopes that were granted instead.
                self.tokens[session, asked.key[1]] = held
            self.questions.answer(held, lambda one: one is asked)
        self.refill()
        self.questions.answer(
            held,
            lambda one: one.key == key and held.is_good(one.min_ttl, self._clock),
        )

    def _end(self, session: str | None) -> None:
        ended = set(self.sessions) if session is None else {session}
        self.sessions -= ended
        self._ended.update(dict.fromkeys(ended))
        for one in list(self._ended)[:-_MAX_ENDED]:
            del self._ended[one]
        self.tokens = {
            key: held for key, held in self.tokens.items() if key[0] not in ended
        }
        followed = self.switch.current
        self.switch.forget(session)
        if session is None or (followed and self.switch.current is None):
            self._signed_out = True
        self.refill()
        self.questions.answer(
            SignInRequired(),
            lambda one: (
                session is None
                or one.key[0] == session
                or (one.key[0] is None and self._signed_out)
            ),
        )


def _normal(scopes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(scopes)))
