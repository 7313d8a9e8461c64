"""Which sessions have ended, as one kernel is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .protocol import Acknowledgement, Content


class Goodbyes:
    """Those that one kernel's agent hasn't acknowledged yet."""

    def __init__(
        self, send: Callable[[Content], Awaitable[Acknowledgement | None]]
    ) -> None:
        """Tell by ``send``; there are none yet."""
        self._send = send
        self._unsaid: set[str] = set()

    @property
    def are_said(self) -> bool:
        """Whether there is nothing left to tell."""
        return not self._unsaid

    def add(self, session: str) -> None:
        """Take note of a session that has ended."""
        self._unsaid.add(session)

    def clear(self) -> None:
        """Report that there is no process any more that would have to be told."""
        self._unsaid.clear()

    async def tell(self, instance: str) -> bool:
        """Tell the agent's process ``instance``, and whether it knows all of them."""
        while self._unsaid:
            session = next(iter(self._unsaid))
            reply = await self._send(protocol.bye(instance, session))
            if reply is None or reply.instance != instance:
                return False
            # Where it refuses, saying it again would be no use.
            self._unsaid.discard(session)
        return True
