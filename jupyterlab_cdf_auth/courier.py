"""Serves one kernel: tells its agent the context, and answers it.

The same rules as the browser's ``src/kernels/courier.ts``. Nothing is awaited inside
a message handler: each question starts work of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import protocol
from .finder import REPLY_TIMEOUT, Finder
from .link import Link
from .moves import Moves
from .protocol import Acknowledgement
from .settling import Settling
from .tasks import Tasks

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .clock import Clock
    from .desk import KernelDesk
    from .protocol import Content, TokenRequest
    from .transport import Transport

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
        #: Called when there is no session to serve any more, and no agent that would
        #: have to be told so.
        self.on_done: Callable[[], None] = lambda: None
        self._transport = transport
        self._desk = desk
        self._clock = clock
        self._finder = Finder(transport, holder, bootstrap)
        self._finder.on_installed = self._on_installed
        self._link = Link(transport, self._finder, desk, clock)
        self._link.on_attached = self._on_attached
        self._link.on_done = self._on_done
        self._tasks = Tasks()
        self._settling = Settling(transport, clock, self._tasks, self._settle)
        #: Which sessions of pages were moved here, and whether the agent knows.
        self.moves = Moves(desk, self._link.send)
        self._kernel_ahead = 0.0
        self._answering: set[str] = set()
        self._answered: dict[str, None] = {}
        self._early: object = None
        self._greet_after = 0.0
        transport.on_received = self._on_received
        transport.on_status = self.status_changed
        transport.on_restarted = self.restarted
        transport.on_missed = self._link.greet_again

    def open(self) -> None:
        """Connect, and find the agent or bring it."""
        self._transport.reopen()
        self.attach()

    def close(self) -> list[asyncio.Task[Any]]:
        """Stop, and give what then comes to its end; the kernel keeps what it has."""
        own = [*self._link.close(), *self._tasks.end()]
        # Their kinds differ, and nobody asks for what they give.
        return [*own, *self._finder.forget(), *self._transport.close()]

    @property
    def instance(self) -> str | None:
        """The agent's process; None while no agent has acknowledged."""
        return self._link.instance

    def attach(self) -> None:
        """Look for the agent (again)."""
        self._link.attach()

    def restarted(self) -> None:
        """Report that a new process has taken the place of the old one."""
        self._answered.clear()
        if self._link.restarted():
            self.open()
            self._finder.queue_installation()

    def status_changed(self) -> None:
        """Report that the kernel has become idle or busy."""
        is_lost = self.instance is None and not self._link.is_attaching
        if is_lost and self._transport.is_idle:
            self.attach()
        self._settling.status_changed()

    def greet_again(self) -> None:
        """Ask the agent whom it follows, and tell what is selected if it may be."""
        self._link.greet_again()

    def send_context(self) -> None:
        """Tell what is selected.

        At once, for cells that are run from now on; and again when the kernel has
        settled, for all the rest.
        """
        if self.instance is not None:
            self._tell(settled=False)
            self._settling.begin()

    async def say_bye(self, session: str) -> None:
        """Tell that the user has signed out of ``session``.

        That takes two replies at most; a kernel that is silent is told later.
        """
        self._link.say_bye(session)
        await self._link.finish()

    @property
    def state(self) -> str:
        """How it stands with the agent: ``attached``, ``attaching`` or ``unfit``."""
        if self.instance is not None:
            return "attached"
        return "unfit" if self._link.is_hopeless else "attaching"

    def _on_done(self) -> None:
        self.on_done()

    def _on_installed(self) -> None:
        # A greeting that came before it may have been in vain, and the next be far.
        if self.instance is None:
            self.attach()

    def _on_attached(self, found: Acknowledgement) -> None:
        self._kernel_ahead = (
            0.0 if found.now is None else found.now - self._clock.wall()
        )
        self._tasks.start(self.moves.tell(found.instance))
        if self._desk.may_tell(found.session, found.since):
            self.send_context()
        elif found.session not in self._desk.sessions:
            self._desk.pass_over()
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
            self._tasks.start(self._answer(request))

    def _greet_for(self, data: object) -> None:
        """Look for the agent that asks, but not for each of a flood of questions."""
        if self._link.is_attaching:
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
            reply = await self._link.send(answer)
            is_delivered = reply is not None and reply.ok
            if is_delivered and protocol.operation(answer) != "waiting":
                self._answered[request.id] = None
                if len(self._answered) > _ANSWERED_LIMIT:
                    del self._answered[next(iter(self._answered))]
        finally:
            self._answering.discard(request.id)

    async def _settle(self) -> None:
        """Tell that the choice has settled, unless a newer one was told elsewhere."""
        found = await self._finder.greet()
        is_told = True
        if isinstance(found, Acknowledgement) and found.instance == self.instance:
            is_told = self._desk.may_tell(found.session, found.since)
        # One that is slow to answer may still hear of it; where there is another one,
        # or none, that shows when it is told.
        if is_told:
            self._tell(settled=True)

    def _tell(self, *, settled: bool) -> None:
        if self.instance is None:
            return
        content = self._desk.context(self.instance, settled=settled)
        if content is not None:
            self._tasks.start(self._send_only(content))

    async def _send_only(self, content: Content) -> None:
        await self._link.send(content)
