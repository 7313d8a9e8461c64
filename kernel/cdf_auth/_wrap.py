"""Wraps a handler of the control channel, and takes the wrapping off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._kernel import Kernel


def has_handler(kernel: object, message: str) -> bool:
    """Tell whether `kernel` has a handler of `message` that can be wrapped."""
    handlers = getattr(kernel, "control_handlers", None)
    return isinstance(handlers, dict) and callable(handlers.get(message))


class Wrap:
    """Puts a handler in the place of the one of `message`, which it may call."""

    def __init__(
        self, kernel: Kernel, message: str, handle: Callable[..., object]
    ) -> None:
        """Prepare; nothing is changed yet."""
        self._handlers = kernel.control_handlers
        self._message = message
        self._handle = handle
        #: The kernel's own; `None` while nothing is wrapped.
        self.original: Callable[..., object] | None = None

    def put_on(self) -> None:
        """Wrap the handler; nothing happens where that is done already."""
        if self.original is None:
            self.original = self._handlers[self._message]
            self._handlers[self._message] = self._handle

    def take_off(self) -> None:
        """Put the original back, unless someone has wrapped ours in turn."""
        # Two accesses to a bound method are equal, not identical.
        is_ours = self._handlers[self._message] == self._handle
        if self.original is not None and is_ours:
            self._handlers[self._message] = self.original
            self.original = None
