"""The link to the agent in one kernel: found or installed, and found again.

The same rules as the browser's ``src/kernels/link.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import protocol
from .finder import REPLY_TIMEOUT, Absent
from .goodbyes import Goodbyes
from .protocol import Acknowledgement
from .tasks import Tasks

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .clock import Clock
    from .desk import KernelDesk
    from .finder import Finder
    from .protocol import Content
    from .transport import Transport

#: Seconds before the next attempt, by the number of attempts that have failed.
_RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0)


class Link:
    """Kept while there is a session to serve, or the end of one to be told."""

    def __init__(
        self, transport: Transport, finder: Finder, desk: KernelDesk, clock: Clock
    ) -> None:
        """Prepare; nothing is said yet."""
        #: Called with what the agent says when it was found.
        self.on_attached: Callable[[Acknowledgement], None] = lambda _: None
        #: Called when there is nothing to serve and nothing to tell any more.
        self.on_done: Callable[[], None] = lambda: None
        #: The agent's process; None while no agent has acknowledged.
        self.instance: str | None = None
        self._transport = transport
        self._finder = finder
        self._desk = desk
        self._clock = clock
        self._goodbyes = Goodbyes(self.send)
        self._tasks = Tasks()
        self._attaching: asyncio.Task[None] | None = None
        self._is_unfit = False

    @property
    def is_attaching(self) -> bool:
        """Whether the agent is being looked for just now."""
        return self._attaching is not None and not self._attaching.done()

    @property
    def is_hopeless(self) -> bool:
        """Whether this process of the kernel can't have the agent."""
        return self._is_unfit or not self._finder.is_python

    def attach(self) -> None:
        """Look for the agent (again); only the newest attempt counts."""
        self.instance = None
        if self._attaching is not None:
            self._attaching.cancel()
        self._attaching = self._tasks.start(self._attach())

    def greet_again(self) -> None:
        """Report that something that was said may have been lost."""
        if self.instance is None:
            self.attach()
        else:
            self._tasks.start(self._greet_again())

    def restarted(self) -> bool:
        """Report a new process of the kernel, and tell whether it is to be served."""
        self.instance = None
        self._is_unfit = False
        # The new one has never heard of those sessions.
        self._goodbyes.clear()
        self._leave_if_done()
        return bool(self._desk.sessions)

    def say_bye(self, session: str) -> None:
        """Tell that the user has signed out of ``session``, until that is acknowledged.

        Only a new process needn't be told, nor one that has no agent.
        """
        self._goodbyes.add(session)
        if self.instance is None:
            self.attach()
        else:
            self._tasks.start(self._say_goodbyes(self.instance))

    async def finish(self) -> None:
        """Wait until what is under way has been said, for two replies at most."""
        await self._tasks.finish(2 * REPLY_TIMEOUT)

    def close(self) -> list[asyncio.Task[None]]:
        """Stop, and give what then comes to its end."""
        return self._tasks.end()

    async def send(self, content: Content) -> Acknowledgement | None:
        """Send, and look for the agent again where it isn't there any more."""
        reply = await self._transport.send(content, REPLY_TIMEOUT)
        if reply is None:
            return None
        acknowledgement = protocol.read_acknowledgement(reply)
        is_gone = acknowledgement is None or acknowledgement.code == "instance"
        if is_gone and self.instance is not None:
            self.attach()
        return acknowledgement

    async def _attach(self) -> None:
        """Attempt it several times; then the kernel's status or question is awaited."""
        for pause in (*_RETRIES, None):
            found = await self._look()
            if found is None:
                self._goodbyes.clear()
                break
            if isinstance(found, Acknowledgement):
                self._attached(found)
                break
            if pause is not None:
                await self._clock.sleep(pause)
        self._leave_if_done()

    async def _look(self) -> Acknowledgement | Absent | None:
        """Look for the agent once; None where there is none, or nobody to serve."""
        if self.is_hopeless or not await self._desk.is_there():
            return None
        # First of all, nobody is to go on with what the user has left. And the agent
        # may follow another session then, or listen no more.
        if not (self._goodbyes.are_said or await self._part()):
            return Absent.REPLY
        if not self._desk.sessions:
            return None
        found = await self._finder.find()
        self._is_unfit = found is Absent.FIT
        return None if self._is_unfit else found

    async def _part(self) -> bool:
        """Tell which sessions have ended, unless there is no agent; False: no reply."""
        found = await self._finder.greet()
        if isinstance(found, Acknowledgement):
            return await self._goodbyes.tell(found.instance)
        if found is Absent.REPLY:
            return False
        self._goodbyes.clear()
        return True

    async def _greet_again(self) -> None:
        found = await self._finder.greet()
        if isinstance(found, Acknowledgement):
            self._attached(found)
        else:
            self.attach()

    def _attached(self, found: Acknowledgement) -> None:
        self.instance = found.instance
        self.on_attached(found)

    async def _say_goodbyes(self, instance: str) -> None:
        if await self._goodbyes.tell(instance):
            self._leave_if_done()
        elif self.instance == instance:
            # It was lost, or the kernel is silent.
            self.attach()

    def _leave_if_done(self) -> None:
        if not self._desk.sessions and self._goodbyes.are_said:
            self.on_done()
