"""Whether a cell of the main shell runs, for an agent that comes in its middle.

From then on events tell. No counter of the shell's or the kernel's says it: code on
control and in subshells is counted with the cells. So IPython's own functions are
looked for, in the main thread and among what its event loop has put aside.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from ._kernel import Anything

_FILE = "interactiveshell.py"

#: The methods of IPython's shell that run a cell; `silent` is an argument of both.
_METHODS = ("_run_cell", "run_cell_async")


def runs_cell(kernel: Anything) -> bool:
    """Tell whether a cell of the main shell runs at this moment; from any thread.

    Silent code is none: it's a front end's, and no event will tell of its end.
    """
    # The stack last: what an event loop has put aside may go on meanwhile.
    frames = [*_put_aside(kernel), *_stack(threading.main_thread().ident)]
    return any(_runs_cell(frame) for frame in frames)


def _runs_cell(frame: FrameType) -> bool:
    code = frame.f_code
    is_shell = code.co_name in _METHODS and code.co_filename.endswith(_FILE)
    return is_shell and not frame.f_locals.get("silent", False)


def _stack(thread: int | None) -> Iterator[FrameType]:
    """Give what a thread is executing, the innermost first."""
    frame = sys._current_frames().get(thread or 0)  # noqa: SLF001 - documented
    while frame is not None:
        yield frame
        frame = frame.f_back


def _put_aside(kernel: Anything) -> Iterator[FrameType]:
    """Give what the main event loop goes on with later: cells that await something."""
    loop = getattr(getattr(kernel, "io_loop", None), "asyncio_loop", None)
    for task in asyncio.all_tasks(loop) if loop else ():
        frame = getattr(task.get_coro(), "cr_frame", None)
        if frame is not None:
            yield frame
