"""Listens on the control channel, which a kernel reads even while a cell runs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ._debugger import DebuggerWatch
from ._protocol import CONTENT_KEY
from ._wrap import Wrap, has_handler

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._agent import Agent
    from ._kernel import Anything, Kernel

_MESSAGE = "comm_info_request"


class Hook:
    """Wraps the handler of `comm_info_request`, for messages that carry our key."""

    def __init__(
        self, kernel: Kernel, agent: Agent, on_reply: Callable[[], None]
    ) -> None:
        """Prepare; nothing is changed yet. `on_reply` is called after each reply."""
        self._kernel = kernel
        self._agent = agent
        self._on_reply = on_reply
        self._wrap = Wrap(kernel, _MESSAGE, self._handle)
        self._debugger = DebuggerWatch(kernel, agent)
        self._noted: set[str] = set()

    @staticmethod
    def fits(kernel: object) -> bool:
        """Tell whether `kernel` has a handler that can be wrapped."""
        return has_handler(kernel, _MESSAGE)

    def put_on(self) -> None:
        """Listen; nothing happens where that is done already."""
        self._wrap.put_on()
        self._debugger.put_on()

    def take_off(self) -> None:
        """Listen no more, unless someone has wrapped our handler in turn."""
        self._wrap.take_off()
        self._debugger.take_off()

    def _handle(self, stream: Anything, ident: Anything, parent: Anything) -> object:
        """Handle a request; what the original gives may have to be awaited."""
        original = self._wrap.original
        try:
            if CONTENT_KEY in parent["content"]:
                self._reply(stream, ident, parent)
                return None
        except Exception as error:  # noqa: BLE001 - a fault of ours is not the kernel's
            self._kernel.log.warning("cdf_auth: %s", type(error).__name__)
        return original(stream, ident, parent) if original else None

    def _reply(self, stream: Anything, ident: Anything, parent: Anything) -> None:
        message = parent["content"][CONTENT_KEY]
        acknowledgement = self._agent.receive(message)
        if not acknowledgement["ok"]:
            self._note(str(acknowledgement["code"]))
        content = {
            "status": "ok",
            "comms": self._comms(parent["content"].get("target_name")),
            CONTENT_KEY: acknowledgement,
        }
        self._kernel.session.send(stream, "comm_info_reply", content, parent, ident)
        is_last_bye = acknowledgement["ok"] and message["op"] == "bye"
        if is_last_bye and not self._agent.has_sessions:
            self.take_off()
        self._on_reply()

    def _note(self, code: str) -> None:
        """Log a refusal, without contents; the same one again at level DEBUG only."""
        level = logging.DEBUG if code in self._noted else logging.WARNING
        # After a restart it is quite usual that one comes late.
        level = logging.DEBUG if code == "instance" else level
        self._noted.add(code)
        self._kernel.log.log(level, "cdf_auth: a message was refused (%s)", code)

    def _comms(self, target: object) -> dict[str, object]:
        """Give what an ordinary reply gives: see ipykernel's `comm_info_request`."""
        manager = getattr(self._kernel, "comm_manager", None)
        # A copy, made in one step: a cell may open and close widgets meanwhile.
        comms = dict(getattr(manager, "comms", {}))
        return {
            id_: {"target_name": comm.target_name}
            for id_, comm in comms.items()
            if target in (None, comm.target_name)
        }
