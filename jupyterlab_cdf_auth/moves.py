"""Which sessions of pages were moved to this server, as one kernel is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from . import protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .desk import KernelDesk
    from .protocol import Acknowledgement, Content

#: Seconds in which a kernel that answers at all has been told.
_TOLD_WITHIN = 2.0


class Moves:
    """What one kernel's agent has acknowledged; a new process is told again.

    The page that held a session goes on answering for it until then.
    """

    def __init__(
        self,
        desk: KernelDesk,
        send: Callable[[Content], Awaitable[Acknowledgement | None]],
    ) -> None:
        """Tell of the sessions at ``desk``, by ``send``."""
        self._desk = desk
        self._send = send
        self._instance: str | None = None
        #: By session, whether the agent has taken it up or doesn't know the message.
        self._replies: dict[str, bool] = {}
        self._changed = asyncio.Event()

    async def tell(self, instance: str) -> None:
        """Tell the agent's process ``instance`` what it hasn't answered to yet."""
        if instance != self._instance:
            self._instance = instance
            self._replies.clear()
        for session in list(self._desk.sessions.values()):
            replaced = session.replaces
            if replaced is None or self.is_told(session.id):
                continue
            reply = await self._send(
                protocol.replacement(instance, session.id, replaced)
            )
            if reply is not None and reply.instance == self._instance == instance:
                self._replies[session.id] = reply.ok
                self._changed.set()

    def is_known(self, session_id: str) -> bool:
        """Tell whether the agent has taken up what that session replaces."""
        return self._replies.get(session_id, False)

    def is_told(self, session_id: str) -> bool:
        """Tell whether it has answered at all: one of an earlier release refuses."""
        return session_id in self._replies

    async def wait(self, session_id: str) -> None:
        """Wait until it has answered."""
        while not self.is_told(session_id):
            self._changed.clear()
            await self._changed.wait()


async def wait_for_all(moves: Iterable[Moves], session_id: str) -> None:
    """Wait until all have answered to a session's move, but not for a silent one."""
    waiting = [asyncio.ensure_future(one.wait(session_id)) for one in moves]
    if waiting:
        _, late = await asyncio.wait(waiting, timeout=_TOLD_WITHIN)
        for task in late:
            task.cancel()
