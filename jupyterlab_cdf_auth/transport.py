"""The way to one kernel, as a courier uses it.

Over ZMQ it is ``zmq_transport.py``, over a gateway's websocket
``gateway_transport.py``. What is said to which kind of kernel is the same for both,
and stands here.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from . import xeus
from .protocol import COMM_ID, CONTENT_KEY, operation, read_outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .protocol import Content

Channel: TypeAlias = Literal["shell", "control"]

_T = TypeVar("_T")


class Transport(ABC):
    """The connection to one kernel process, and to the next one after `reopen`."""

    def __init__(self) -> None:
        """Tell nobody anything yet."""
        #: Called with the data of each question of an agent.
        self.on_received: Callable[[object], None] = lambda _: None
        #: Called when `is_idle` has changed without the server's noticing.
        self.on_status: Callable[[], None] = lambda: None
        #: Called when a new process was noticed that nobody has told us of.
        self.on_restarted: Callable[[], None] = lambda: None
        #: Called when something that the kernel or we have said may have been lost.
        self.on_missed: Callable[[], None] = lambda: None
        self._is_xeus = False
        #: Who waits for a reply, by the id of the message that it answers.
        self._waiting: dict[str, asyncio.Future[Content | None]] = {}

    @property
    @abstractmethod
    def language(self) -> str:
        """The kernel's language in lower case, empty where it isn't known."""

    @property
    @abstractmethod
    def is_idle(self) -> bool:
        """Whether no cell runs, as far as is known."""

    @abstractmethod
    def reopen(self) -> None:
        """Reach the kernel's process of now; whoever waits for a reply gets none."""

    @abstractmethod
    def close(self) -> list[asyncio.Task[None]]:
        """Leave the kernel, and give what then comes to its end.

        Whoever waits for a reply gets none.
        """

    @abstractmethod
    async def _request(
        self, channel: Channel, kind: str, content: Content, timeout_s: float
    ) -> Content | None:
        """Send one message and give the reply's content; None: no reply in time."""

    def _expect(self, id_: str) -> asyncio.Future[Content | None]:
        """Wait for the reply to a message that is about to be sent."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Content | None] = loop.create_future()
        self._waiting[id_] = reply
        return reply

    def _take_reply(self, parent: Content, content: Content) -> None:
        """Take up a reply, which may be to somebody else's message."""
        future = self._waiting.get(parent.get("msg_id", ""))
        if future is not None and not future.done():
            future.set_result(content)

    def _take_question(self, kind: str, content: Content) -> None:
        """Take up what a kernel publishes, if it is a question of the agent's."""
        question = None
        if kind == "comm_msg" and content.get("comm_id") == COMM_ID:
            question = content.get("data")
        elif kind == "update_display_data":
            question = xeus.question(content)
        if question is not None:
            self.on_received(question)

    def _give_up_waiting(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_result(None)
        self._waiting = {}

    async def send(self, content: Content, timeout_s: float) -> Content | None:
        """Send on control as a `comm_info_request`; None: no reply in time.

        To xeus-python it goes as a `complete_request`. What kind of kernel it is, is
        asked where nobody acknowledges a greeting.
        """
        if not self._is_xeus:
            kind = "comm_info_request"
            reply = await self._request("control", kind, content, timeout_s)
            is_hello = operation(content) == "hello"
            if reply is None or CONTENT_KEY in reply or not is_hello:
                return reply
            info = await self._request("control", "kernel_info_request", {}, timeout_s)
            self._is_xeus = (info or {}).get("implementation") == xeus.IMPLEMENTATION
            if not self._is_xeus:
                return reply
            self._on_xeus()
        wrapped = xeus.wrap(content)
        return xeus.unwrap(
            await self._request("control", "complete_request", wrapped, timeout_s)
        )

    def _on_xeus(self) -> None:  # noqa: B027 - not every way has something to do
        """Take up that the kernel is a xeus-python, before its first such message."""

    async def execute(
        self, expression: str, channel: Channel, timeout_s: float
    ) -> str | None:
        """Evaluate silently, and give the text that it says; None if it didn't in time.

        It may still be evaluated when nobody waits any more. xeus-python evaluates
        nothing on control, so there it waits on shell for the end of a cell; without
        IPython it evaluates nothing at all.
        """
        if self._is_xeus:
            channel = "shell"
        content: dict[str, Any] = {
            "code": "",
            "silent": True,
            "store_history": False,
            "user_expressions": {CONTENT_KEY: expression},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        reply = await self._request(channel, "execute_request", content, timeout_s)
        is_raw = self._is_xeus and reply is not None and reply["status"] == "error"
        return "kernel" if is_raw else read_outcome(reply)


async def within(seconds: float, work: Awaitable[_T]) -> _T:
    """Give what comes of ``work``. Raises asyncio.TimeoutError after so many seconds.

    As `asyncio.wait_for`, but before Python 3.12 that one swallows a cancellation
    which comes together with a result, and who was to stop goes on.
    """
    running = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({running}, timeout=seconds)
        if not done:
            raise asyncio.TimeoutError
        return running.result()
    finally:
        running.cancel()
