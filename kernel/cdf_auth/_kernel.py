"""The parts of ipykernel that are used, and what differs between its versions."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from . import _debugger, _fields
from ._protocol import COMM_ID
from .errors import DebuggerWaits, WouldDeadlock

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from datetime import datetime

    from ._fields import Content
    from .errors import CdfAuthError

#: ipykernel has no types of its own for messages, sockets and sessions.
Anything: TypeAlias = Any


class Kernel(Protocol):
    """`ipykernel.kernelbase.Kernel`, versions 6 and 7."""

    log: logging.Logger
    session: Anything
    iopub_socket: Anything
    shell: Anything
    control_handlers: dict[str, Callable[..., object]]

    def get_parent(self, channel: str | None = None) -> Anything:
        """Give the message that `channel` handles, or handled last."""


class KernelPort:
    """Sends questions."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Speak for `kernel`."""
        self._kernel = kernel

    def send(self, data: Content) -> None:
        """Publish `data` on iopub.

        Not by a `Comm`: ipykernel 7.4 sends its answer elsewhere once it has spoken,
        and a client would have to know the target.
        """
        kernel = self._kernel
        kernel.session.send(
            kernel.iopub_socket,
            "comm_msg",
            {"comm_id": COMM_ID, "data": data},
            parent=parent_of(kernel),
            ident=b"comm-" + COMM_ID.encode(),
        )

    def obstacle(self) -> CdfAuthError | None:
        """Tell why no answer can reach the code that calls, if so."""
        if is_control_thread(self._kernel):
            return WouldDeadlock()
        return DebuggerWaits() if _debugger.evaluates() else None


def show_busy(kernel: Kernel) -> None:
    """Publish that the cell which runs does so."""
    kernel.session.send(
        kernel.iopub_socket,
        "status",
        {"execution_state": "busy"},
        parent=parent_of(kernel),
        ident=b"status",
    )


def parent_of(kernel: Kernel) -> Anything:
    """Give the message of the cell that runs or ran last, `{}` where it isn't known."""
    try:
        return kernel.get_parent("shell") or {}
    except LookupError:
        # ipykernel 7.0 keeps it in a context variable that threads don't have.
        return {}


def cell_of(kernel: Kernel) -> tuple[str | None, datetime | None]:
    """Give the message id and the date of submission of that cell."""
    header = parent_of(kernel).get("header") or {}
    date = header.get("date")
    if isinstance(date, str):
        date = _fields.parse_date(date)
    return header.get("msg_id"), date


def is_main_thread() -> bool:
    """Tell main-shell cells from those of subshells, which run in other threads."""
    return threading.current_thread() is threading.main_thread()


def is_control_thread(kernel: Kernel) -> bool:
    """Tell whether control messages are handled in the thread that calls."""
    return threading.current_thread() is getattr(kernel, "control_thread", None)
