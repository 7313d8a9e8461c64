"""Debuggers: an expression that one evaluates can't wait for a token.

A Jupyter debugger's request comes on control, and no delivery is handled before it has
been answered: what waits for one inside an evaluation waits for itself.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ._wrap import Wrap, has_handler

if TYPE_CHECKING:
    from types import FrameType

    from ._agent import Agent
    from ._kernel import Anything, Kernel

_MESSAGE = "debug_request"

#: Where debugpy's pydevd has the code that it is given executed: expressions, watches
#: and the conditions of breakpoints alike.
_EVALUATORS = ("pydevd_vars.py", "pydevd_comm.py")


def evaluates() -> bool:
    """Look for the debugger among the callers of the code that calls."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_filename.endswith(_EVALUATORS):
            return True
        frame = frame.f_back
    return False


class DebuggerWatch:
    """Tells the agent while a debugger's request is handled.

    An evaluation may wait for another thread, whose callers don't show the debugger:
    that of a client library, for example.
    """

    def __init__(self, kernel: Kernel, agent: Agent) -> None:
        """Prepare; nothing is changed yet."""
        self._agent = agent
        self._wrap = (
            Wrap(kernel, _MESSAGE, self._handle)
            if has_handler(kernel, _MESSAGE)
            else None
        )

    def put_on(self) -> None:
        """Watch; nothing happens where that is done already."""
        if self._wrap is not None:
            self._wrap.put_on()

    def take_off(self) -> None:
        """Watch no more."""
        if self._wrap is not None:
            self._wrap.take_off()

    async def _handle(self, *arguments: Anything) -> Anything:
        original = self._wrap.original if self._wrap else None
        if original is None:
            return None
        self._agent.debugger_starts()
        try:
            result = original(*arguments)
            return await result if inspect.isawaitable(result) else result
        finally:
            self._agent.debugger_ends()
