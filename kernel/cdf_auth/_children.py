"""Listens for child processes of this kernel, and knows those that are connected."""

from __future__ import annotations

import atexit
import contextlib
import os
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING

from . import _folder
from ._folder import LOCK

if TYPE_CHECKING:
    from ._agent import Agent
    from ._child import Child

#: Seconds that a stranger is given to prove that it knows the key.
_PATIENCE = 10.0

#: Children at a time; those beyond are turned away.
_MAX_CHILDREN = 1000

#: Seconds until it is tried again where the process has no descriptor left.
_RETRY = 1.0


class Children:
    """Serves them in threads of its own."""

    def __init__(self, agent: Agent) -> None:
        """Listen, and let child processes find it. Raises `OSError`."""
        self._agent = agent
        self._owner = os.getpid()
        self._is_closed = False
        #: Those that are connected, strangers included.
        self.connected: list[Child] = []
        with LOCK:
            self.folder, self._key, self._listener = _folder.make()
        atexit.register(self.close)
        os.environ[_folder.VARIABLE] = str(self.folder)
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self) -> None:
        """Tell each one what has changed; from any thread, and without waiting."""
        for child in list(self.connected):
            child.tell()

    def close(self) -> None:
        """Serve nobody any more, and remove the folder."""
        if os.getpid() != self._owner:
            return
        with LOCK:
            self._is_closed = True
            with contextlib.suppress(OSError):
                # Wakes the thread that waits for it.
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            _folder.remove(self.folder)

    def abandon(self) -> None:
        """Close what a forked child has inherited; the parent keeps its own."""
        self._listener.close()
        for child in self.connected:
            child.peer.close()
        self.connected.clear()

    def _listen(self) -> None:
        # The first has no descriptor of its own; Windows has the other one only.
        selector = getattr(selectors, "PollSelector", selectors.SelectSelector)()
        selector.register(self._listener, selectors.EVENT_READ)
        while not self._is_closed:
            selector.select()
            try:
                self._accept()
            except (BlockingIOError, ConnectionAbortedError):
                continue
            except (OSError, RuntimeError):
                # Too many descriptors or threads: it would be tried again at once.
                time.sleep(_RETRY)

    def _accept(self) -> None:
        with LOCK:
            if self._is_closed:
                # No child has come. An import would leave compiled code behind in a
                # folder that is being removed.
                return
            # Late, and not in the middle of a fork: see `_folder.connect`.
            from ._child import Child  # noqa: PLC0415

            peer, _ = self._listener.accept()
            child = Child(self._agent, peer)
            self.connected.append(child)
        try:
            threading.Thread(target=self._serve, args=(child,), daemon=True).start()
        except RuntimeError:
            self._remove(child)
            raise

    def _serve(self, child: Child) -> None:
        from . import _wire  # noqa: PLC0415 - it is there by now

        try:
            with contextlib.suppress(OSError, EOFError, _wire.Strange):
                if len(self.connected) <= _MAX_CHILDREN:
                    child.peer.settimeout(_PATIENCE)
                    _wire.greet(child.peer, self._key)
                    child.peer.settimeout(None)
                    child.serve()
        finally:
            self._remove(child)

    def _remove(self, child: Child) -> None:
        with LOCK:
            self.connected.remove(child)
            child.peer.close()
