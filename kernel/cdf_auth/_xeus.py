"""Shows xeus-python as the parts of ipykernel that are used.

It has neither control handlers nor a session that sends. But it answers
`complete_request` on control too, in a thread of its own and by the shell's
`complete_code`: so that is what brings our messages in, and their acknowledgements
back. Questions go out as updates of a display that nobody has.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import os
import sys
import threading
import types
from typing import TYPE_CHECKING

from ._protocol import COMM_ID, CONTENT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._fields import Content
    from ._kernel import Anything

#: What the code of a completion begins with that is a message of ours.
PREFIX = f"{COMM_ID}:"

#: Under this type a question stands in its display.
MIME = "application/vnd.cdf-auth+json"

#: That it is an update: to a notebook, of a display that it has not.
_UPDATE = True

_LISTENS_TO = "comm_info_request"


class XeusKernel:
    """A kernel of xeus-python, in ipykernel's words."""

    iopub_socket = None

    def __init__(self, shell: Anything) -> None:
        """Listen; what isn't ours is completed as before."""
        self.shell = shell
        #: It sends what is to be sent by itself.
        self.session = self
        # xeus has no log of its own to write to, and stderr belongs to the cells.
        self.log = logging.getLogger("cdf_auth")
        self.log.addHandler(logging.NullHandler())
        self.control_handlers: dict[str, Callable[..., object]] = {
            _LISTENS_TO: lambda *_: None
        }
        self._control: int | None = None
        # `%%capture` exchanges the publisher, but not this function of it.
        self._publish = shell.display_pub.publish_display_data
        self._complete = shell.complete_code
        shell.complete_code = self.complete_code
        self._note_cell()
        shell.events.register("pre_run_cell", self._note_cell)

    @property
    def control_thread(self) -> threading.Thread | None:
        """The thread that calls, where control messages are handled in it.

        It is none of Python's, so there is no object that lasts.
        """
        is_control = threading.get_ident() == self._control
        return threading.current_thread() if is_control else None

    def get_parent(self, _channel: str | None = None) -> Anything:
        """Give the message of the cell that runs or ran last."""
        return self._parent

    def complete_code(self, code: str, position: int) -> object:
        """Complete `code`, or act upon a message of ours."""
        if code.startswith(PREFIX):
            acknowledgement = self._receive(code[len(PREFIX) :])
            if acknowledgement is not None:
                return [json.dumps(acknowledgement)], 0, 0
        return self._complete(code, position)

    def send(
        self,
        stream: Content | None,
        _kind: str,
        content: Content,
        *_: object,
        **__: object,
    ) -> None:
        """Take a reply to the request that `stream` stands for, or publish."""
        if stream is not None:
            stream.update(content)
            return
        # xeus keeps in a context variable, which threads don't have, what is answered.
        self._context.copy().run(
            self._publish, {MIME: content["data"]}, {}, {"display_id": COMM_ID}, _UPDATE
        )

    def _receive(self, text: str) -> object:
        self._control = threading.get_ident()
        try:
            message = json.loads(text)
        except ValueError:
            message = None  # which is malformed, and the agent says so
        reply: Content = {}
        parent = {"content": {CONTENT_KEY: message}}
        self.control_handlers[_LISTENS_TO](reply, None, parent)
        return reply.get(CONTENT_KEY)

    def _note_cell(self, _info: object = None) -> None:
        self._context = contextvars.copy_context()
        self._parent = self.shell.kernel.get_parent() or {}


_known: XeusKernel | None = None


def kernel_of(shell: Anything) -> XeusKernel | None:
    """Give the kernel of a shell of xeus-python, `None` for any other."""
    global _known  # noqa: PLW0603 - there is one kernel in a process
    if not _fits(shell):
        return None
    if _known is None or _known.shell is not shell:
        _known = XeusKernel(shell)
    _read_on()
    return _known


def _read_on() -> None:
    """Have what came on shell during an installation read after its reply.

    xeus-python replies some time after its last look at the socket. ZeroMQ tells of a
    message once, and sending takes that notice away: a cell that was run meanwhile
    would lie there until another client connects.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # it isn't installed by a message on shell
    selector = getattr(loop, "_selector", None)
    for key in list(selector.get_map().values()) if selector else ():
        read = getattr(key.data[0], "_callback", None)
        # xeus's own are written in C++, and read until there is nothing more.
        if isinstance(read, types.BuiltinFunctionType):
            loop.call_soon(read)


def _fits(shell: Anything) -> bool:
    # With XEUS_LOG it writes every message that it gets to a file. In a browser it has
    # one thread for all.
    if "XEUS_LOG" in os.environ or sys.platform == "emscripten":
        return False
    publisher = getattr(shell, "display_pub", None)
    return (
        callable(getattr(shell, "complete_code", None))
        and callable(getattr(publisher, "publish_display_data", None))
        and callable(getattr(getattr(shell, "kernel", None), "get_parent", None))
    )
