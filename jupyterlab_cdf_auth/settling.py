"""When a kernel is told that what the user has chosen has settled.

The same rules as the browser's ``src/kernels/settling.ts``; see "A switch" in
docs/protocol.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from .clock import Clock
    from .tasks import Tasks
    from .transport import Transport

#: Seconds of idleness after which no queued run is on its way any more.
SETTLED_AFTER = 0.5


class Settling:
    """Waits, after each choice, until the kernel has been idle for a while."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        tasks: Tasks,
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        """Call ``settle`` then, as one of ``tasks``."""
        self._transport = transport
        self._clock = clock
        self._tasks = tasks
        self._settle = settle
        self._is_pending = False
        self._waiting: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Report a choice."""
        self._is_pending = True
        self.status_changed()

    def status_changed(self) -> None:
        """Report that the kernel has become idle or busy."""
        if not self._is_pending:
            return
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if self._transport.is_idle:
            self._waiting = self._tasks.start(self._wait())

    async def _wait(self) -> None:
        await self._clock.sleep(SETTLED_AFTER)
        # What is said from now on can flip the status, which is no reason to wait anew.
        self._is_pending = False
        await self._settle()
