"""The times that this process has told to holders.

A token can be older than it lives when it arrives: a machine sleeps, a container is
paused. A holder says how long the token has left, and repeats a time that it has heard
from this process before it counted. So the token's age is at most the time since then,
by clocks of this process alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ._clock import Stopwatch

if TYPE_CHECKING:
    from ._clock import Clock

#: More than are on their way at any moment.
_MAX_STAMPS = 1000


class Stamps:
    """Those that were told last. Not safe by itself: the agent's lock guards it."""

    __slots__ = ("_clock", "_told")

    def __init__(self, clock: Clock) -> None:
        """Start without any."""
        self._clock = clock
        self._told: dict[float, Stopwatch] = {}

    def stamp(self) -> float:
        """Give the wall clock's time, to be told."""
        now = self._clock.wall()
        # Where the clock was set back, a time can come again: the first one counts.
        self._told.setdefault(now, Stopwatch(self._clock))
        if len(self._told) > _MAX_STAMPS:
            del self._told[next(iter(self._told))]
        return now

    def age(self, told: float) -> float:
        """Give the seconds since `told`; for ever where it isn't known (any more)."""
        known = self._told.get(told)
        return math.inf if known is None else known.seconds()
