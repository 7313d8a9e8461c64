"""Finds the agent in one kernel, or installs it.

The same rules as the browser's ``src/kernels/finder.ts``.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING

from . import protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from .protocol import Acknowledgement
    from .transport import Channel, Transport

#: Seconds in which a kernel answers on control, whatever it is doing.
REPLY_TIMEOUT = 1.0

#: Seconds for which an installation that is queued is waited for: it is about to be
#: there, and one more beside it would only delay the first cell.
_QUEUE_TIMEOUT = 1.0

#: Seconds in which a kernel that is restarted must have read its first message.
_START_TIMEOUT = 60.0

#: What an installation says of a kernel that no other attempt can change.
_UNFIT = {"python", "kernel", "version"}


class Absent(Enum):
    """Why there is no agent to speak to."""

    AGENT = "no agent"
    REPLY = "no reply"
    #: No agent, or one of another version, for as long as this process lives.
    FIT = "no fit"


class Finder:
    """Knows the way to the agent of one kernel."""

    def __init__(self, transport: Transport, holder: str, bootstrap: str) -> None:
        """Prepare; ``bootstrap`` is the code that installs the agent."""
        #: Called when an installation that was queued has ended.
        self.on_installed: Callable[[], None] = lambda: None
        self._transport = transport
        self._holder = holder
        self._bootstrap = bootstrap
        self._queued: asyncio.Task[str | None] | None = None

    @property
    def is_python(self) -> bool:
        """Whether the kernel is one of Python, or may be."""
        return self._transport.language in {"", "python"}

    def queue_installation(self) -> None:
        """In a kernel that is starting, be ahead of its first cell.

        By the time that the control channel answers, that cell may have run.
        """
        self.forget()
        if self.is_python:
            self._queued = asyncio.ensure_future(
                self._transport.execute(self._bootstrap, "shell", _START_TIMEOUT)
            )
            self._queued.add_done_callback(self._installed)

    def forget(self) -> list[asyncio.Task[str | None]]:
        """Wait for nothing any more, and give what then comes to its end."""
        queued, self._queued = self._queued, None
        if queued is None:
            return []
        queued.cancel()
        return [queued]

    async def find(self) -> Acknowledgement | Absent:
        """Find the agent, or install it."""
        found = await self.greet()
        if found is Absent.AGENT and self._queued is not None:
            await asyncio.wait({self._queued}, timeout=_QUEUE_TIMEOUT)
            found = await self.greet()
        # A busy shell would hold the installation back; control can flip the
        # status, so it comes second.
        if found is Absent.AGENT and self._transport.is_idle:
            found = await self._install("shell")
        if found is Absent.AGENT:
            found = await self._install("control")
        return found

    def _installed(self, queued: asyncio.Task[str | None]) -> None:
        if not queued.cancelled() and queued.result() is not None:
            self.on_installed()

    async def _install(self, channel: Channel) -> Acknowledgement | Absent:
        code = self._bootstrap
        outcome = await self._transport.execute(code, channel, REPLY_TIMEOUT)
        return Absent.FIT if outcome in _UNFIT else await self.greet()

    async def greet(self) -> Acknowledgement | Absent:
        """Ask whether the agent is there."""
        reply = await self._transport.send(protocol.hello(self._holder), REPLY_TIMEOUT)
        if reply is None:
            return Absent.REPLY
        acknowledgement = protocol.read_acknowledgement(reply)
        if acknowledgement and acknowledgement.ok:
            return acknowledgement
        is_other = acknowledgement and acknowledgement.code == "version"
        return Absent.FIT if is_other else Absent.AGENT
