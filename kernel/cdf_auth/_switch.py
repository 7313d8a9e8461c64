"""When a selection that the user makes takes effect: see "A switch" in the protocol.

A switch must not land in the middle of a run that was already started. Pure: cells
and selections are reported to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from ._protocol import Selected


class Switch:
    """The selection that is in force, and the one that waits for its moment."""

    __slots__ = ("_cell", "_depth", "current", "pending")

    def __init__(self) -> None:
        """Start without a selection, between cells."""
        self.current: Selected | None = None
        self.pending: Selected | None = None
        self._cell: str | None = None
        self._depth = 0

    @property
    def running(self) -> bool:
        """Whether a cell of the main shell runs."""
        return self._depth > 0

    @property
    def newest(self) -> Selected | None:
        """The selection that is in force, or will be."""
        return self.pending or self.current

    def offer(self, selected: Selected) -> None:
        """Take note of what the user has selected."""
        if self.current is None or (selected.settled and not self.running):
            self._apply(selected)
        else:
            self.pending = selected

    def cell_starts(self, cell: str | None, date: datetime | None) -> None:
        """Report a cell by its message's id and the `date` of its submission.

        The same id again is code that the cell itself runs as a cell. Where the id
        is another one, ends that went unreported don't matter any more.
        """
        if self.running and cell == self._cell:
            self._depth += 1
            return
        self._cell, self._depth = cell, 1
        if self.pending and date is not None and date >= self.pending.since:
            self._apply(self.pending)

    def cell_ends(self) -> None:
        """Report the end of a cell."""
        self._depth = max(0, self._depth - 1)
        if not self.running and self.pending and self.pending.settled:
            self._apply(self.pending)

    def forget(self, sessions: Container[str] | None) -> None:
        """Drop what was selected of `sessions`, or everything."""
        if self.current and (sessions is None or self.current.session in sessions):
            self.current = None
        if self.pending and (sessions is None or self.pending.session in sessions):
            self.pending = None

    def _apply(self, selected: Selected) -> None:
        self.current, self.pending = selected, None
