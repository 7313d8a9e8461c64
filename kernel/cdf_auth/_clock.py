"""Time as a port, so that tests can let it pass."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ._signal import Signal


class Clock(Protocol):
    """Both clocks, in seconds, and the waits."""

    def monotonic(self) -> float:
        """Give the clock that nobody sets, but which stops while Linux sleeps."""

    def wall(self) -> float:
        """Give the clock that goes on while the machine sleeps, but can be set."""

    def wait(self, signal: Signal, seconds: float) -> None:
        """Block until `signal` is set, but `seconds` at most."""

    async def wait_async(self, signal: Signal, seconds: float) -> None:
        """Await `signal`, but `seconds` at most."""


class Stopwatch:
    """How long ago it was made, by the clock that says more.

    One stops while the machine sleeps, and the other can be set back.
    """

    __slots__ = ("_clock", "_monotonic", "_wall")

    def __init__(self, clock: Clock) -> None:
        """Count from now."""
        self._clock = clock
        self._monotonic = clock.monotonic()
        self._wall = clock.wall()

    @property
    def elapsed(self) -> float:
        """Seconds since then."""
        clock = self._clock
        return max(clock.monotonic() - self._monotonic, clock.wall() - self._wall)


class SystemClock:
    """The machine's clocks."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)

    def wait(self, signal: Signal, seconds: float) -> None:
        """Block until `signal` is set, but `seconds` at most."""
        signal.wait(seconds)

    async def wait_async(self, signal: Signal, seconds: float) -> None:
        """Await `signal`, but `seconds` at most."""
        await signal.wait_async(seconds)
