"""The times of its wall clock that this process has sent to holders.

A token can be older than it lives when it arrives: a machine sleeps, a container is
paused. A holder says how long the token has left, and returns a time that it had from
this process before it counted. So the token's age is at most the time since then, by
clocks of this process alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ._clock import Stopwatch

if TYPE_CHECKING:
    from ._clock import Clock

#: More than are on their way at any moment.
_MAX_KNOWN = 1000


class SentTimes:
    """The newest of them. Not safe by itself: the agent's lock guards it."""

    __slots__ = ("_clock", "_known")

    def __init__(self, clock: Clock) -> None:
        """Start without any."""
        self._clock = clock
        self._known: dict[float, Stopwatch] = {}

    def now(self) -> float:
        """Give the wall clock's time (s), which is about to be sent."""
        now = _rounded(self._clock.wall())
        while now in self._known:
            # The clock was set back, or stands still. Each time is for one moment.
            now = _rounded(now + 0.001)
        self._known[now] = Stopwatch(self._clock)
        if len(self._known) > _MAX_KNOWN:
            del self._known[next(iter(self._known))]
        return now

    def age(self, sent: float) -> float:
        """Give the seconds since `sent`; infinity if it isn't known (any more)."""
        known = self._known.get(_rounded(sent))
        return math.inf if known is None else known.elapsed


def _rounded(seconds: float) -> float:
    """Round to milliseconds: not every JSON parser keeps the last bit."""
    return round(seconds, 3)
