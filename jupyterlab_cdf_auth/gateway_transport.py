"""Reaches one kernel behind a gateway, over a websocket of its own.

A gateway has no other way to a kernel, and sends everything on it: what isn't for
us is thrown away unread. The connection is kept as long as the kernel is served,
and made again when it is lost.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from tornado.websocket import WebSocketClosedError

from . import gateway
from .gateway_messages import Cells, Framing
from .transport import Transport, within

if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Logger

    from tornado.websocket import WebSocketClientConnection

    from .clock import Clock
    from .gateway_messages import Incoming
    from .protocol import Content
    from .transport import Channel

#: Seconds before the next attempt to connect, by the number of those that failed.
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

#: Seconds between two looks for questions while the gateway drops messages.
_LOOK_EVERY = 2.0


class GatewayTransport(Transport):
    """The websocket to one kernel, whichever process it has."""

    def __init__(self, kernel_id: str, clock: Clock, log: Logger) -> None:
        """Prepare; nothing is opened yet."""
        super().__init__()
        #: Called when the gateway has no such kernel any more; close it then.
        self.on_gone: Callable[[], None] = lambda: None
        self._kernel_id = kernel_id
        self._clock = clock
        self._log = log
        self._framing = Framing()
        self._language: str | None = None
        self._cells = Cells()
        self._connecting: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._connection: WebSocketClientConnection | None = None
        self._is_open = asyncio.Event()
        #: The kernel's process, as its messages name it.
        self._process: str | None = None
        #: Whether the gateway may have left this websocket at an earlier process.
        self._is_doubtful = False
        self._failures = 0
        self._trouble: str | None = None

    @property
    def language(self) -> str:
        """The kernel's language in lower case, empty until it is connected."""
        return self._language or ""

    @property
    def is_idle(self) -> bool:
        """What the kernel publishes of its cells."""
        return self._cells.is_idle

    def reopen(self) -> None:
        """Reach the process of now; a gateway leads the same websocket to it.

        Where one doesn't, the first message without a reply shows it.
        """
        self._give_up_waiting()
        self._is_xeus, self._cells = False, Cells()
        self._process = None
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self._stay_connected())
        else:
            self._is_doubtful = True

    def close(self) -> list[asyncio.Task[None]]:
        """Close the websocket, and give what then comes to its end."""
        tasks = [task for task in (self._connecting, self._looking) if task is not None]
        for task in tasks:
            task.cancel()
        self._give_up_waiting()
        self._connecting = self._looking = None
        return tasks

    async def _request(
        self, channel: Channel, kind: str, content: Content, timeout_s: float
    ) -> Content | None:
        try:
            return await within(timeout_s, self._exchange(channel, kind, content))
        except asyncio.TimeoutError:
            if self._is_doubtful and channel == "control" and self._connection:
                self._connection.close()
            return None
        except WebSocketClosedError:
            return None

    async def _exchange(
        self, channel: Channel, kind: str, content: Content
    ) -> Content | None:
        await self._is_open.wait()
        if self._connection is None:
            return None
        id_, text = self._framing.write(channel, kind, content)
        reply = self._expect(id_)
        try:
            await self._connection.write_message(text)
            return await reply
        finally:
            self._waiting.pop(id_, None)

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._connect_and_read()
            except gateway.KernelGoneError:
                self._log.warning(
                    "The gateway has no kernel %s any more; it is served no longer.",
                    self._kernel_id,
                )
                self.on_gone()
                return
            except gateway.UnavailableError as error:
                self._note_trouble(error)
            if self._is_doubtful:
                # It was closed here, for a new one.
                self._is_doubtful = False
                continue
            pause = _PAUSES[min(self._failures, len(_PAUSES) - 1)]
            self._failures += 1
            # Not all kernels of all servers at the same moment.
            spread = 1 + int(self._framing.session[:2], 16) / 255
            await self._clock.sleep(pause * spread)

    async def _connect_and_read(self) -> None:
        """Connect once, and read to the end. Raises as `gateway.connect` does."""
        model = await gateway.kernel_model(self._kernel_id)
        if self._language is None:
            self._language = await gateway.language(model.name)
        # Under another name than before: a kernel to which the gateway still holds the
        # connection that was lost would not hear a second one of that name.
        self._framing = Framing()
        connection = await gateway.connect(self._kernel_id, self._framing.session)
        try:
            self._cells = Cells(is_earlier_running=model.is_busy)
            self._connection = connection
            self._is_open.set()
            self.on_missed()
            while (raw := await connection.read_message()) is not None:
                self._note_health()
                message = self._framing.read(raw)
                # A message that isn't as it should be is nobody's.
                with suppress(ValueError, TypeError, KeyError, AttributeError):
                    self._on_message(message)
        finally:
            self._is_open.clear()
            self._connection = None
            connection.close()
            self._give_up_waiting()
        if not self._is_doubtful:
            raise gateway.UnavailableError("the connection was lost")

    def _on_message(self, message: Incoming | None) -> None:
        if message is None:
            return
        if message.channel in {"shell", "control"}:
            self._is_doubtful = False
            self._take_reply(message.parent, message.content)
        elif message.channel != "iopub":
            return
        elif message.session == self._framing.session:
            self._on_gateways_own(message)
        else:
            self._on_published(message)

    def _on_published(self, message: Incoming) -> None:
        if message.session != self._process:
            is_first, self._process = self._process is None, message.session
            if not is_first:
                self._on_new_process()
        self._take_question(message.kind, message.content)
        if message.kind == "status":
            state = message.content.get("execution_state")
            if self._cells.note_status(message.parent, state):
                self.on_status()

    def _on_gateways_own(self, message: Incoming) -> None:
        """Take up what a gateway makes up, in our own name."""
        if message.kind == "stream":
            # It says that it sends less than there is, until the cell has ended.
            self._look_for_questions()
        elif message.kind == "status":
            # The sign of a death. What comes next is the new process, if any.
            if message.content.get("execution_state") == "restarting":
                self._on_new_process()
            elif message.content.get("execution_state") == "dead":
                self.on_gone()

    def _on_new_process(self) -> None:
        self.on_restarted()
        # The gateway itself has told of it on this very websocket.
        self._is_doubtful = False

    def _look_for_questions(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look_until_idle())

    async def _look_until_idle(self) -> None:
        while not self.is_idle:
            self.on_missed()
            await self._clock.sleep(_LOOK_EVERY)

    def _note_trouble(self, error: gateway.UnavailableError) -> None:
        """Write it down once, and again only where it has become another one."""
        trouble = "refuses" if error.is_refusal else "is away from"
        if trouble != self._trouble:
            self._trouble = trouble
            self._log.warning(
                "The gateway %s kernel %s (%s); its cells wait for tokens, and it is "
                "tried again.",
                trouble,
                self._kernel_id,
                error,
            )

    def _note_health(self) -> None:
        self._failures = 0
        if self._trouble is not None:
            self._trouble = None
            self._log.info("The gateway gives kernel %s again.", self._kernel_id)
