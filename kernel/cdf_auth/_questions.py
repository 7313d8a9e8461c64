"""Open questions: one for each session and scopes, however many wait for it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from ._signal import Signal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ._cache import Held
    from .errors import CdfAuthError

    Key: TypeAlias = tuple[str | None, tuple[str, ...]]

#: Seconds after which a question is sent again: servers drop messages under load.
RESEND = 1.0


class Question:
    """A question to a holder. The lock of whoever keeps the questions guards it."""

    __slots__ = (
        "answer",
        "answered",
        "id",
        "key",
        "min_ttl",
        "reason",
        "send_at",
        "told",
        "waiters",
    )

    def __init__(self, key: Key, min_ttl: float | None, now: float) -> None:
        """Ask for `key`, good for `min_ttl` seconds (`None`: the holder's margin)."""
        self.id = secrets.token_hex(8)
        self.key = key
        self.min_ttl = min_ttl
        self.send_at = now
        self.waiters = 0
        #: Set together with `answer`.
        self.answered = Signal()
        self.answer: Held | CdfAuthError | None = None
        #: Why the holder has to wait for a person, if it does.
        self.reason: str | None = None
        #: Whether the user has been told that this takes longer.
        self.told = False

    def is_due(self, now: float) -> bool:
        """Tell whether it must be sent (again), and leave it to the caller."""
        if now < self.send_at:
            return False
        self.send_at = now + RESEND
        return True


class Questions:
    """Those that are open. Not safe by itself: the agent calls it under its lock."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        """Start with none."""
        self._open: dict[Key, Question] = {}

    def join(self, key: Key, min_ttl: float | None, now: float) -> Question:
        """Wait for the question that is open, or open one."""
        question = self._open.get(key)
        if question is None:
            question = self._open[key] = Question(key, min_ttl, now)
        question.waiters += 1
        return question

    def leave(self, question: Question) -> None:
        """Stop waiting; a question that nobody waits for isn't asked any more."""
        question.waiters -= 1
        if question.waiters == 0 and self._open.get(question.key) is question:
            del self._open[question.key]

    def all(self) -> list[Question]:
        """Give those that are open."""
        return list(self._open.values())

    def find(self, id: str | None) -> Question | None:  # noqa: A002 - its name
        """Find an open question by its id."""
        return next((one for one in self._open.values() if one.id == id), None)

    def answer(
        self, answer: Held | CdfAuthError, which: Callable[[Question], bool]
    ) -> None:
        """Give `answer` to those who wait for the questions that `which` names."""
        for question in [one for one in self._open.values() if which(one)]:
            del self._open[question.key]
            question.answer = answer
            question.answered.set()
