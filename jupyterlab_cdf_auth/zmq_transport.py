"""Reaches one kernel over ZMQ, from the server's own process.

Its sockets are its own. The SUB socket is subscribed to the agent's topic only, so
that nobody's output is read; questions go out on control, which a kernel reads while
a cell runs.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import Session as Signer

from . import xeus
from .protocol import TOPIC
from .transport import Transport, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_client.manager import KernelManager

    from .protocol import Content
    from .transport import Channel

#: After so many messages in a row the reader lets everybody else have a turn.
_BATCH, _PAUSE = 20, 0.02


class ZmqTransport(Transport):
    """The sockets to one kernel process, and to the next one after `reopen`."""

    def __init__(
        self, manager: KernelManager, zmq_context: zmq.asyncio.Context
    ) -> None:
        """Prepare for the kernel of ``manager``; nothing is opened yet."""
        super().__init__()
        self._manager = manager
        self._zmq = zmq_context
        self._sockets: list[zmq.asyncio.Socket] = []
        self._readers: list[asyncio.Task[None]] = []
        self._control: zmq.asyncio.Socket | None = None
        self._shell: zmq.asyncio.Socket | None = None
        self._client: AsyncKernelClient | None = None
        self._signer: Signer | None = None
        self._iopub: zmq.asyncio.Socket | None = None
        self._xeus = xeus.Publications()

    @property
    def language(self) -> str:
        """The kernel's language in lower case, empty where it isn't known."""
        spec = self._manager.kernel_spec
        return str(getattr(spec, "language", "") or "").lower()

    @property
    def is_idle(self) -> bool:
        """What the server's own watch of the kernel knows, and for xeus-python ours."""
        if self._xeus.is_idle is not None:
            return self._xeus.is_idle
        return self._execution_state == "idle"

    @property
    def _execution_state(self) -> object:
        return getattr(self._manager, "execution_state", None)

    def reopen(self) -> None:
        """Connect to the kernel's process of now, whose ports may be others."""
        self.close()
        manager = self._manager
        client = AsyncKernelClient(context=self._zmq)
        info = manager.get_connection_info()
        # The keys of a kernel that speaks encrypted are in it, too.
        client.load_connection_info(info)
        self._client = client
        self._signer = Signer(
            config=manager.session.config,
            key=manager.session.key,
            signature_scheme=manager.session.signature_scheme,
        )
        self._control = self._dealer(client.connect_control())
        iopub = client.connect_iopub()
        iopub.unsubscribe(b"")
        for topic in (TOPIC, xeus.TOPIC):
            iopub.subscribe(topic)
        self._is_xeus, self._xeus = False, xeus.Publications()
        self._iopub = self._read(iopub, self._on_published)

    def close(self) -> list[asyncio.Task[None]]:
        """Close the sockets, and give the readers, which then come to their end.

        Whoever waits for a reply gets none.
        """
        readers = self._readers
        for reader in readers:
            reader.cancel()
        for socket in self._sockets:
            socket.close(linger=0)
        self._give_up_waiting()
        self._readers, self._sockets = [], []
        self._control = self._shell = self._client = self._signer = None
        self._iopub = None
        return readers

    def _on_xeus(self) -> None:
        if self._execution_state == "busy":
            # The message that follows will make the server believe otherwise.
            self._xeus.is_idle = False

    async def _request(
        self, channel: Channel, kind: str, content: Content, timeout_s: float
    ) -> Content | None:
        signer = self._signer
        socket = self._control if channel == "control" else self._open_shell()
        if signer is None or socket is None:
            return None
        message = signer.msg(kind, content)
        id_ = message["header"]["msg_id"]
        reply = self._expect(id_)
        try:
            # A kernel that doesn't read must not make the server wait.
            await socket.send_multipart(signer.serialize(message), zmq.NOBLOCK)
            return await within(timeout_s, reply)
        except (asyncio.TimeoutError, zmq.ZMQError):
            return None
        finally:
            self._waiting.pop(id_, None)

    def _open_shell(self) -> zmq.asyncio.Socket | None:
        """Open shell when it is needed, which it seldom is."""
        if self._shell is None and self._client is not None:
            self._shell = self._dealer(self._client.connect_shell())
        return self._shell

    def _dealer(self, socket: object) -> zmq.asyncio.Socket:
        return self._read(socket, self._on_reply)

    def _read(
        self, made: object, handle: Callable[[list[bytes]], None]
    ) -> zmq.asyncio.Socket:
        # The client's sockets are of its context's kind, which its types don't say.
        socket = cast("zmq.asyncio.Socket", made)
        self._sockets.append(socket)
        self._readers.append(asyncio.ensure_future(_reader(socket, handle)))
        return socket

    def _on_reply(self, parts: list[bytes]) -> None:
        message = self._open(parts)
        self._take_reply(message["parent_header"], message["content"])

    def _on_published(self, parts: list[bytes]) -> None:
        topic = parts[0]
        if topic.startswith(xeus.TOPIC):
            self._narrow(topic)
        if topic != TOPIC and not topic.endswith(xeus.KINDS):
            return
        message = self._open(parts)
        kind, content = message["msg_type"], message["content"]
        self._take_question(kind, content)
        if kind == "status" and self._xeus.note_status(
            message["parent_header"], content
        ):
            self.on_status()

    def _narrow(self, topic: bytes) -> None:
        topics = self._xeus.narrow(topic)
        if topics and self._iopub is not None:
            for one in topics:
                self._iopub.subscribe(one)
            self._iopub.unsubscribe(xeus.TOPIC)

    def _open(self, parts: list[bytes]) -> dict[str, Any]:
        """Check the signature and unpack. Raises ValueError and its like."""
        if self._signer is None:
            raise ValueError("closed")
        _, rest = self._signer.feed_identities(parts)
        message: dict[str, Any] = self._signer.deserialize(rest)
        return message


async def _reader(
    socket: zmq.asyncio.Socket, handle: Callable[[list[bytes]], None]
) -> None:
    """Read a socket to its end, a batch at a time."""
    count = 0
    while True:
        parts = await socket.recv_multipart()
        # A message that can't be read, or is signed with another key, is nobody's.
        with suppress(ValueError, TypeError, KeyError, IndexError, AttributeError):
            handle(parts)
        count += 1
        if count % _BATCH == 0:
            # Messages that wait already are received without a turn of the loop.
            await asyncio.sleep(_PAUSE)
