"""Puts the agent into the kernel of this process, once, or into a child of a kernel."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, cast

from . import _children, _folder, _kernel, _running
from ._agent import Agent
from ._cache import Slot
from ._clock import SystemClock
from ._hook import Hook
from ._redact import redact
from .errors import NotInKernel

if TYPE_CHECKING:
    from . import _parent
    from ._kernel import Anything, Kernel

#: What `get_token()` without arguments reads.
SLOT = Slot()

#: The name that notebook code finds without an import.
_NAME = "get_token"


class Installation:
    """The agent in its kernel."""

    def __init__(self, kernel: Kernel) -> None:
        """Prepare; the kernel isn't changed yet."""
        self.kernel = kernel
        self.agent = Agent(_kernel.KernelPort(kernel), SystemClock(), SLOT)
        self._hook = Hook(kernel, self.agent, self._show_busy_again)
        self._is_first = True
        self._is_shown_idle = False
        self.children: _children.Children | None = None
        #: The kernel that this one was started from, if it was.
        self._parent = _folder.inherited()
        self._link: _parent.Link | None = None
        self.agent.elsewhere = self._elsewhere

    def put_in(self) -> None:
        """Change the kernel; harmless where that is done already."""
        redact(self.kernel, self.agent.held_tokens)
        if self._is_first:
            self._is_first = False
            events = self.kernel.shell.events
            events.register("pre_run_cell", self._before_cell)
            events.register("post_run_cell", self._after_cell)
            if _running.runs_cell(self.kernel):
                self.agent.cell_starts(_kernel.cell_of(self.kernel)[0], None)
            self._offer_name()
        self._is_shown_idle = _kernel.is_control_thread(self.kernel)
        self._hook.put_on()
        if self.children is None:
            self._listen_for_children()

    def forked_child(self) -> None:
        """Let the agent ask the process that this one is a fork of."""
        if self._link is not None:
            self._link.abandon()
            self._link = None
        if self.children is not None:
            self.children.abandon()
            self._parent = str(self.children.folder)
            self.children = None
        self.agent.forked_child(self._elsewhere())

    def _listen_for_children(self) -> None:
        try:
            self.children = _children.Children(self.agent)
            self.agent.changed = self.children.tell
        except OSError as error:
            fault = type(error).__name__
            self.kernel.log.warning("cdf_auth: no tokens for children (%s)", fault)

    def _elsewhere(self) -> _parent.Link | None:
        """Tell whom to ask in a kernel to which nobody attaches."""
        if self._link is None and self._parent is not None:
            from . import _parent  # noqa: PLC0415 - few kernels are children of one

            self._link = _parent.Link(self._parent, self.agent)
        return self._link

    def _show_busy_again(self) -> None:
        """Put the status right that an installation on control has flipped.

        Each code that runs there ends with "idle" for all the kernel. The holder's next
        message is the first chance after that; a deferred one could come too early.
        """
        if self._is_shown_idle:
            self._is_shown_idle = False
            self.agent.in_cell(lambda: _kernel.show_busy(self.kernel))

    def _before_cell(self, _info: object) -> None:
        # Subshells fire it too, in the middle of a cell and in threads of their own.
        if _kernel.is_main_thread():
            self.agent.cell_starts(*_kernel.cell_of(self.kernel))
            self._offer_name()

    def _after_cell(self, result: object) -> None:
        # IPython tells the end of blank code, though not its start.
        info = getattr(result, "info", None)
        is_blank = info is not None and not (info.raw_cell or "").strip()
        if _kernel.is_main_thread() and not is_blank:
            self.agent.cell_ends()

    def _offer_name(self) -> None:
        """Put the name where it is free, hidden from `%who`.

        Again after `%reset`, which empties both namespaces; not after a `del`, which
        leaves the hidden one.
        """
        from . import get_token  # noqa: PLC0415 - the package imports this module

        shell = self.kernel.shell
        if _NAME not in shell.user_ns and _NAME not in shell.user_ns_hidden:
            shell.user_ns[_NAME] = shell.user_ns_hidden[_NAME] = get_token


_lock = threading.Lock()
_installation: Installation | None = None
#: The agent of a process without a kernel.
_alone: Agent | None = None


def install(kernel: object = None) -> bool:
    """Install the agent in `kernel`, by default this process's own; idempotent.

    Tells whether it works there. A kernel where it doesn't stays untouched.
    """
    global _installation  # noqa: PLW0603 - there is one kernel in a process
    kernel = kernel or _find_kernel()
    if kernel is None or not Hook.fits(kernel) or not getattr(kernel, "shell", None):
        return False
    with _lock:
        if _installation is None or _installation.kernel is not kernel:
            SLOT.clear()
            if _installation is not None and _installation.children is not None:
                _installation.children.close()
            _installation = Installation(cast("Kernel", kernel))
        _installation.put_in()
    return True


def agent() -> Agent:
    """Give the agent, which is installed where it isn't yet.

    Where there is no kernel, or one of another kind, it is that of `_without_kernel`.
    """
    if _installation is None and not install():
        return _without_kernel()
    return cast("Installation", _installation).agent


def _without_kernel() -> Agent:
    """Give an agent that does without a kernel of its own.

    A child process asks the kernel that it comes from, which knows who is signed in;
    any other follows the environment's variables. Raises `NotInKernel` where there is
    neither.
    """
    global _alone  # noqa: PLW0603 - one in a process, as of a kernel
    folder = _folder.inherited()
    with _lock:
        if _alone is None and folder is not None:
            from . import _parent  # noqa: PLC0415 - no kernel needs it

            _alone = _parent.child_agent(folder, SLOT)
        if _alone is None:
            from ._headless import NoKernel  # noqa: PLC0415 - as above

            alone = Agent(NoKernel(), SystemClock(), SLOT)
            if not alone.fall_back():
                raise NotInKernel
            _alone = alone
        return _alone


def _find_kernel() -> Anything:
    # Whoever runs in a kernel has it imported; elsewhere it would take a second.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    kernel = getattr(shell, "kernel", None)
    if shell is not None and not Hook.fits(kernel):
        from . import _xeus  # noqa: PLC0415 - most kernels are ipykernel's

        kernel = _xeus.kernel_of(shell) or kernel
    # A fork of a kernel is none; its copy of the session knows whose it is.
    owner = getattr(getattr(kernel, "session", None), "pid", None)
    return kernel if owner in (None, os.getpid()) else None


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - another thread may have held it
    _lock = threading.Lock()
    _folder.LOCK.release()
    if _installation is not None:
        _installation.forked_child()
    if _alone is not None:
        from . import _parent  # noqa: PLC0415 - it is there by now

        _parent.forked_child(_alone)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_folder.LOCK.acquire,
        after_in_parent=_folder.LOCK.release,
        after_in_child=_after_fork,
    )
