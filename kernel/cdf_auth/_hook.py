"""Listens on the control channel, which a kernel reads even while a cell runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._protocol import CONTENT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._agent import Agent
    from ._kernel import Anything, Kernel

MESSAGE = "comm_info_request"


class Hook:
    """Wraps the handler of `comm_info_request`, for messages that carry our key."""

    def __init__(self, kernel: Kernel, agent: Agent) -> None:
        """Prepare; nothing is changed yet."""
        self._kernel = kernel
        self._agent = agent
        self._original: Callable[..., object] | None = None

    @staticmethod
    def fits(kernel: object) -> bool:
        """Tell whether `kernel` has a handler that can be wrapped."""
        handlers = getattr(kernel, "control_handlers", None)
        return isinstance(handlers, dict) and callable(handlers.get(MESSAGE))

    def put_on(self) -> None:
        """Wrap the handler; nothing happens where that is done already."""
        handlers = self._kernel.control_handlers
        if self._original is None:
            self._original = handlers[MESSAGE]
            handlers[MESSAGE] = self._handle

    def take_off(self) -> None:
        """Put the original back, unless someone has wrapped ours in turn."""
        handlers = self._kernel.control_handlers
        # Two accesses to a bound method are equal, not identical.
        if self._original is not None and handlers[MESSAGE] == self._handle:
            handlers[MESSAGE] = self._original
            self._original = None

    def _handle(self, stream: Anything, ident: Anything, parent: Anything) -> object:
        """Handle a request; what the original gives may have to be awaited."""
        original = self._original
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
        content = {
            "status": "ok",
            "comms": self._comms(parent["content"].get("target_name")),
            CONTENT_KEY: acknowledgement,
        }
        self._kernel.session.send(stream, "comm_info_reply", content, parent, ident)
        is_last_bye = acknowledgement["ok"] and message["op"] == "bye"
        if is_last_bye and not self._agent.has_sessions:
            self.take_off()

    def _comms(self, target: object) -> dict[str, object]:
        """Give what an ordinary reply gives: see ipykernel's `comm_info_request`."""
        manager = getattr(self._kernel, "comm_manager", None)
        return {
            id_: {"target_name": comm.target_name}
            for id_, comm in getattr(manager, "comms", {}).items()
            if target in (None, comm.target_name)
        }
