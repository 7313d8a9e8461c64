"""Time as a port, so that tests can let it pass."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Both clocks, in seconds, and a sleep."""

    def monotonic(self) -> float:
        """Give the clock that nobody sets, but which stops while Linux sleeps."""

    def wall(self) -> float:
        """Give the clock that goes on while the machine sleeps, but can be set."""

    async def sleep(self, seconds: float) -> None:
        """Let time pass; a cancellation ends it at once."""


class SystemClock:
    """The machine's clocks."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)

    async def sleep(self, seconds: float) -> None:
        """Let time pass; a cancellation ends it at once."""
        await asyncio.sleep(seconds)


class Deadline:
    """A moment by both clocks; whichever reaches it first is right.

    A wall clock that is set back gives no more time, and a sleeping machine, whose
    monotonic clock stands still, loses none.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Count `seconds` from now."""
        self._clock = clock
        self._monotonic = clock.monotonic() + seconds
        self._wall = clock.wall() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left; negative once it has passed."""
        return min(
            self._monotonic - self._clock.monotonic(), self._wall - self._clock.wall()
        )


class Stopwatch:
    """Tells how long ago it was made, by the clock that says more."""

    def __init__(self, clock: Clock) -> None:
        """Count from now."""
        self._started = Deadline(clock, 0)

    @property
    def elapsed(self) -> float:
        """Seconds since then."""
        return -self._started.remaining
