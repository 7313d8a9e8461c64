"""Work that goes on by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Tasks:
    """What nobody waits for, and what ends with whoever has started it."""

    def __init__(self) -> None:
        """Start without any."""
        self._running: set[asyncio.Task[None]] = set()
        self._is_over = False

    def start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Do it from the loop's next turn on, unless all has been ended."""
        task = asyncio.ensure_future(work)
        if self._is_over:
            task.cancel()
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def finish(self, timeout_s: float) -> None:
        """Wait until what runs now has been done, for so many seconds at most."""
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=timeout_s)

    def end(self) -> list[asyncio.Task[None]]:
        """Stop all, for good, and give what then comes to its end."""
        self._is_over = True
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        return tasks
