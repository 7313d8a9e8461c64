"""A one-shot event that threads and event loops can wait for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Signal:
    """Set once; wakes every thread and every event loop that waits."""

    __slots__ = ("_event", "_lock", "_wakers")

    def __init__(self) -> None:
        """Start unset."""
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._wakers: set[Callable[[], None]] = set()

    def is_set(self) -> bool:
        """Tell whether it has been set."""
        return self._event.is_set()

    def set(self) -> None:
        """Wake all who wait; never blocks and never raises."""
        with self._lock:
            self._event.set()
            wakers, self._wakers = self._wakers, set()
        for wake in wakers:
            wake()

    def wait(self, seconds: float) -> None:
        """Block this thread until it is set, but `seconds` at most."""
        self._event.wait(seconds)

    async def wait_async(self, seconds: float) -> None:
        """Await it for `seconds` at most, leaving the event loop free."""
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            # The loop may have been closed by the time the answer comes.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(woken.set)

        with self._lock:
            if self._event.is_set():
                return
            self._wakers.add(wake)
        try:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(woken.wait(), seconds)
        finally:
            with self._lock:
                self._wakers.discard(wake)
