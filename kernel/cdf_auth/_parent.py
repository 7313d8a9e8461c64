"""A child process asks the kernel that it comes from.

Its agent is no other than a kernel's, and the kernel is its holder of sessions: what is
asked and answered is that of the protocol, over a local socket (`_child`).
"""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

from . import _fields, _folder
from ._agent import Agent
from ._clock import SystemClock
from ._protocol import VERSION
from .errors import CdfAuthError, ParentGone, VersionMismatch, named

if TYPE_CHECKING:
    import socket

    from ._cache import Slot
    from ._fields import Content


class Link:
    """The way to the parent; made when something is asked, and kept for what it tells.

    So a switch and a sign-out reach a child by themselves. All of the socket is the
    business of threads: whoever asks stays interruptible, and an event loop free.
    """

    def __init__(self, folder: str, agent: Agent | None = None) -> None:
        """Ask the kernel whose folder it is, on behalf of `agent`."""
        self.folder = folder
        self.agent = agent
        self._lock = threading.Lock()
        #: What is to be sent, while there is a connection or one is made.
        self._outbox: SimpleQueue[Content | None] | None = None
        #: The connection, while there is one.
        self.peer: socket.socket | None = None

    def send(self, data: Content) -> None:
        """Ask; from any thread."""
        with self._lock:
            if self._outbox is None:
                outbox: SimpleQueue[Content | None] = SimpleQueue()
                threading.Thread(target=self._run, args=(outbox,), daemon=True).start()
                self._outbox = outbox
            self._outbox.put(data)

    def obstacle(self) -> CdfAuthError | None:
        """Answers come in a thread of their own, whoever asks."""
        return None

    def abandon(self) -> None:
        """Close what a forked child has inherited."""
        if self.peer is not None:
            self.peer.close()

    def _run(self, outbox: SimpleQueue[Content | None]) -> None:
        error: CdfAuthError = ParentGone()
        try:
            with _folder.connect(self.folder) as peer:
                self.peer = peer
                from . import _wire  # noqa: PLC0415 - `connect` has imported it

                _wire.run(peer, outbox, self._receive)
        except CdfAuthError as its:
            error = its
        finally:
            with self._lock:
                self._outbox = self.peer = None
            if self.agent is not None:
                self.agent.fail(error)

    def _receive(self, message: Content) -> None:
        agent = self.agent
        version = message.get("v")
        if type(version) is int and version != VERSION:
            raise VersionMismatch(VERSION, version)
        if agent is None or message.get("op") == "hello":
            return
        if message.get("op") == "error":
            parts = (_fields.text(message, "kind"), _fields.text(message, "code"))
            sentences = (str(message.get("message")), str(message.get("action")))
            agent.fail(named(*parts, *sentences), _fields.text(message, "id"))
            return
        # The socket is this very process's: nothing on it is for another.
        agent.receive({**message, "instance": agent.instance}, by_parent=True)


def child_agent(folder: str, slot: Slot) -> Agent:
    """Give the agent of a process that is no kernel, but a child of one."""
    link = Link(folder)
    agent = link.agent = Agent(link, SystemClock(), slot)
    agent.follow(link)
    return agent


def forked_child(agent: Agent) -> None:
    """Let the agent of such a process ask anew in a fork of it."""
    link = agent.route.parent
    if isinstance(link, Link):
        link.abandon()
        agent.forked_child(Link(link.folder, agent))
    else:
        agent.forked_child()
