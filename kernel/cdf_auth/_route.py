"""Whom an agent asks: a holder by its kernel, or the parent process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ._fields import Content
    from ._questions import Key
    from .errors import CdfAuthError


class Port(Protocol):
    """What the agent needs of its kernel."""

    def send(self, data: Content) -> None:
        """Publish a question; from any thread."""

    def obstacle(self) -> CdfAuthError | None:
        """Tell why no answer can reach the code that calls, if so."""


class Route:
    """Where questions go.

    Changes are made under the agent's lock; reading needs no lock.
    """

    __slots__ = ("_of_parent", "_own", "is_child", "parent")

    def __init__(self, port: Port) -> None:
        """Ask holders by `port`."""
        self._own = port
        #: The parent process, if one is or was asked.
        self.parent: Port | None = None
        #: Whether it is asked, in the place of a holder of sessions.
        self.is_child = False
        #: Sessions that it alone answers for, though a holder has come since.
        self._of_parent: set[str] = set()

    def follow(self, parent: Port) -> None:
        """Ask the parent process from now on."""
        self.parent, self.is_child = parent, True

    def attach(self, sessions: set[str]) -> None:
        """Note that a holder has come.

        It can't answer for `sessions`, which the parent has told: a cell may go on with
        them for hours.
        """
        if self.is_child:
            self._of_parent, self.is_child = sessions, False

    def told(self, session: str) -> None:
        """Note that a holder has told of `session`, and so answers for it."""
        self._of_parent.discard(session)

    def is_parents(self, key: Key) -> bool:
        """Tell whether the parent is to answer this."""
        return self.is_child or key[0] in self._of_parent

    def port_for(self, key: Key) -> Port:
        """Give whom to ask about `key`."""
        if self.parent is not None and self.is_parents(key):
            return self.parent
        return self._own
