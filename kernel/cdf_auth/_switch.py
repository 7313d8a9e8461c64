"""When a selection that the user makes takes effect: see "A switch" in the protocol.

A switch must not land in the middle of a run that was already started. Pure: cells
and selections are reported to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from ._protocol import Selected


class Switch:
    """The selection that is in force, and the one that waits for its moment."""

    __slots__ = (
        "_cell",
        "_date",
        "_depth",
        "_last_before",
        "current",
        "dropped",
        "pending",
    )

    def __init__(self) -> None:
        """Start without a selection, between cells."""
        self.current: Selected | None = None
        self.pending: Selected | None = None
        #: What a sign-out has taken away, until something is in force again: whoever
        #: signs in as somebody else switches, in the middle of a run or not.
        self.dropped: Selected | None = None
        #: When the last cell was submitted that had started by then.
        self._last_before: datetime | None = None
        self._cell: str | None = None
        self._date: datetime | None = None
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
        is_first = self.current is None and self.dropped is None
        if is_first or (selected.settled and not self.running):
            self._apply(selected)
        else:
            self.pending = selected

    def resume(self, session: str) -> None:
        """Put in force again what a sign-out has taken away, by another `session`."""
        if self.dropped is not None:
            self.current = replace(self.dropped, session=session)
            self.dropped = None

    def cell_starts(self, cell: str | None, date: datetime | None) -> None:
        """Report a cell by its message's id and the `date` of its submission.

        The same id again is code that the cell itself runs as a cell. Where the id
        is another one, ends that went unreported don't matter any more.
        """
        if self.running and cell == self._cell:
            self._depth += 1
            return
        self._cell, self._date, self._depth = cell, date, 1
        if self.pending and self._follows(self.pending.since, date):
            self._apply(self.pending)

    def cell_ends(self) -> None:
        """Report the end of a cell."""
        self._depth = max(0, self._depth - 1)
        if not self.running and self.pending and self.pending.settled:
            self._apply(self.pending)

    def forget(self, sessions: Container[str] | None) -> None:
        """Drop what was selected of `sessions`, or everything."""
        if self.current and (sessions is None or self.current.session in sessions):
            self.dropped, self.current = self.current, None
            self._last_before = self._date
        if self.pending and (sessions is None or self.pending.session in sessions):
            self.pending = None

    def _follows(self, since: datetime, date: datetime | None) -> bool:
        """Tell whether a cell submitted at `date` follows what was chosen at `since`.

        After a sign-out a holder can tell of a choice that is older than the run which
        goes on, and so isn't meant for it.
        """
        if date is None or date < since:
            return False
        before = self._last_before if self.dropped else None
        return before is None or before < since

    def _apply(self, selected: Selected) -> None:
        self.current, self.pending, self.dropped = selected, None, None
