"""Serves one kernel: tells its agent the context, and answers it.

The same rules as the browser's ``src/kernels/courier.ts``. Nothing is awaited inside
a message handler: each question starts work of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from . import protocol
from .finder import REPLY_TIMEOUT, Absent, Finder
from .moves import Moves
from .protocol import Acknowledgement

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .clock import Clock
    from .desk import KernelDesk
    from .protocol import Content, TokenRequest
    from .transport import Transport

#: Seconds of idleness after which no queued run is on its way any more.
SETTLED_AFTER = 0.5

#: Seconds before the next attempt, by the number of attempts that have failed.
_RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0)

#: Answered questions that are remembered, so that none is answered twice.
_ANSWERED_LIMIT = 200


class Courier:
    """The courier of one kernel."""

    def __init__(
        self,
        transport: Transport,
        desk: KernelDesk,
        clock: Clock,
        holder: str,
        bootstrap: str,
    ) -> None:
        """Prepare; ``bootstrap`` is the code that installs the agent."""
        self._transport = transport
        self._desk = desk
        #: Which sessions of pages were moved here, and whether the agent knows.
        self.moves = Moves(desk, self._send)
        self._clock = clock
        self._finder = Finder(transport, holder, bootstrap)
        self._finder.on_installed = self._on_installed
        #: The agent's process; None while no agent has acknowledged.
        self.instance: str | None = None
        self._kernel_ahead = 0.0
        self._attaching: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._is_unsettled = False
        self._is_unfit = False
        self._answering: set[str] = set()
        self._answered: dict[str, None] = {}
        self._early: object = None
        self._greet_after = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        transport.on_received = self._on_received
        transport.on_status = self.status_changed
        transport.on_restarted = self.restarted
        transport.on_missed = self.greet_again

    def open(self) -> None:
        """Connect, and find the agent or bring it."""
        self._transport.reopen()
        self.attach()

    def close(self) -> list[asyncio.Task[Any]]:
        """Stop, and give what then comes to its end; the kernel keeps what it has."""
        own = (self._attaching, self._settling)
        tasks = [*self._tasks, *(task for task in own if task is not None)]
        for task in tasks:
            task.cancel()
        # Their kinds differ, and nobody asks for what they give.
        return [*tasks, *self._finder.forget(), *self._transport.close()]

    def attach(self) -> None:
        """Look for the agent (again); only the newest attempt counts."""
        self.instance = None
        if self._attaching is not None:
            self._attaching.cancel()
        self._attaching = asyncio.ensure_future(self._attach())

    def greet_again(self) -> None:
        """Report that something that was said may have been lost."""
        if self.instance is None:
            self.attach()
        else:
            self._start(self._greet_again())

    def restarted(self) -> None:
        """Report that a new process has taken the place of the old one."""
        self.instance = None
        self._is_unfit = False
        self._answered.clear()
        self.open()
        self._finder.queue_installation()

    def status_changed(self) -> None:
        """Report that the kernel has become idle or busy."""
        is_lost = self.instance is None and not self._is_attaching
        if is_lost and not self._is_unfit and self._transport.is_idle:
            self.attach()
        if self._is_unsettled:
            self._settle_when_idle()

    def send_context(self) -> None:
        """Tell what is selected.

        At once, for cells that are run from now on; and again when the kernel has
        settled, for all the rest.
        """
        if self.instance is None:
            return
        self._is_unsettled = True
        self._tell(settled=False)
        self._settle_when_idle()

    def say_bye(self, session: str) -> None:
        """Tell that the user has signed out of ``session``."""
        if self.instance is not None:
            self._start(self._deliver_only(protocol.bye(self.instance, session)))

    @property
    def state(self) -> str:
        """How it stands with the agent: ``attached``, ``attaching`` or ``unfit``."""
        if self.instance is not None:
            return "attached"
        return "unfit" if self._is_unfit or not self._finder.is_python else "attaching"

    async def finish(self) -> None:
        """Wait until what is under way has been said, for two replies at most."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=2 * REPLY_TIMEOUT)

    @property
    def _is_attaching(self) -> bool:
        return self._attaching is not None and not self._attaching.done()

    async def _attach(self) -> None:
        """Attempt it several times; then the kernel's status or question is awaited."""
        for pause in (*_RETRIES, None):
            if not self._finder.is_python or not await self._desk.is_served():
                return
            found = await self._finder.find()
            # Before Python 3.12 wait_for() can swallow a cancellation.
            if self._attaching is not asyncio.current_task():
                return
            if isinstance(found, Acknowledgement):
                self._on_attached(found)
                return
            if found is Absent.FIT:
                self._is_unfit = True
                return
            if pause is not None:
                await self._clock.sleep(pause)

    async def _greet_again(self) -> None:
        found = await self._finder.greet()
        if isinstance(found, Acknowledgement):
            self._on_attached(found)
        else:
            self.attach()

    def _on_installed(self) -> None:
        # A greeting that came before it may have been in vain, and the next be far.
        if self.instance is None:
            self.attach()

    def _on_attached(self, found: Acknowledgement) -> None:
        self.instance = found.instance
        self._kernel_ahead = (
            0.0 if found.now is None else found.now - self._clock.wall()
        )
        self._start(self.moves.tell(found.instance))
        if self._desk.may_tell(found.session, found.since):
            self.send_context()
        early, self._early = self._early, None
        for data in (early, *found.open):
            self._on_received(data, is_early=True)

    def _on_received(self, data: object, *, is_early: bool = False) -> None:
        request = protocol.read_request(data)
        if request is None:
            return
        if self.instance != request.instance or self._is_void(request):
            # An agent that isn't known (any more), or a clock that was set: greet
            # it. The question is judged again then.
            if not is_early:
                self._greet_for(data)
            return
        if request.id not in self._answering and request.id not in self._answered:
            self._answering.add(request.id)
            self._start(self._answer(request))

    def _greet_for(self, data: object) -> None:
        """Look for the agent that asks, but not for each of a flood of questions."""
        if self._is_attaching:
            self._early = data
        elif self._clock.monotonic() >= self._greet_after:
            self._greet_after = self._clock.monotonic() + REPLY_TIMEOUT
            self._early = data
            self.attach()

    def _is_void(self, request: TokenRequest) -> bool:
        """Whether it was asked too long ago, by the kernel's own clock."""
        now = self._clock.wall() + self._kernel_ahead
        return now - request.sent > request.timeout

    async def _answer(self, request: TokenRequest) -> None:
        try:
            answer = await self._desk.answer(request)
            if answer is None:
                return
            is_delivered = await self._deliver(answer)
            if is_delivered and protocol.operation(answer) != "waiting":
                self._answered[request.id] = None
                if len(self._answered) > _ANSWERED_LIMIT:
                    del self._answered[next(iter(self._answered))]
        finally:
            self._answering.discard(request.id)

    async def _deliver_only(self, content: Content) -> None:
        await self._deliver(content)

    async def _deliver(self, content: Content) -> bool:
        acknowledgement = await self._send(content)
        return acknowledgement is not None and acknowledgement.ok

    async def _send(self, content: Content) -> Acknowledgement | None:
        """Send, and look for the agent again where it isn't there any more."""
        reply = await self._transport.send(content, REPLY_TIMEOUT)
        if reply is None:
            return None
        acknowledgement = protocol.read_acknowledgement(reply)
        is_gone = acknowledgement is None or acknowledgement.code == "instance"
        if is_gone and self.instance is not None:
            self.attach()
        return acknowledgement

    def _settle_when_idle(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None
        if self._transport.is_idle:
            self._settling = asyncio.ensure_future(self._settle())

    async def _settle(self) -> None:
        await self._clock.sleep(SETTLED_AFTER)
        self._is_unsettled = False
        self._tell(settled=True)

    def _tell(self, *, settled: bool) -> None:
        if self.instance is None:
            return
        content = self._desk.context(self.instance, settled=settled)
        if content is not None:
            self._start(self._deliver_only(content))

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
