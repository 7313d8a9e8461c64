"""What each process does besides: it says how far it is, and follows its clock."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from . import clock
from .clock import real

if TYPE_CHECKING:
    from .caller import Caller
    from .config import Config
    from .records import Records

#: Seconds between two looks at the clock's file, and between two reports.
_LOOK = 0.25
_REPORT = 1.0

#: Seconds from which on an open call is told.
_LONG = 1.0


class Attendant:
    """A thread beside the callers of a process."""

    def __init__(self, config: Config, records: Records, callers: list[Caller]) -> None:
        """Report what `callers` have done so far."""
        self._config = config
        self._records = records
        self._callers = callers
        self._over = threading.Event()
        clock.replace()
        self._thread = threading.Thread(target=self._attend, daemon=True)

    def start(self) -> None:
        """Begin."""
        clock.follow(self._config.clock_file)
        self._report()
        self._thread.start()

    def stop(self) -> None:
        """End, with a last report."""
        self._over.set()
        self._thread.join()
        self._report()

    def _attend(self) -> None:
        next_report = time.monotonic() + _REPORT
        while not self._over.wait(_LOOK):
            clock.follow(self._config.clock_file)
            if time.monotonic() >= next_report:
                next_report = time.monotonic() + _REPORT
                self._report()

    def _calls(self) -> dict[str, int]:
        """Give the calls by the kind of their callers, which their names begin with."""
        calls: dict[str, int] = {}
        for one in self._callers:
            kind = one.name.split("-")[0]
            calls[kind] = calls.get(kind, 0) + one.calls
        return calls

    def _report(self) -> None:
        now = real()
        waiting = {
            one.name: since
            for one in self._callers
            if (since := one.since) is not None and now - since >= _LONG
        }
        self._records.note(
            "count",
            calls=self._calls(),
            good={one.name: one.good_at for one in self._callers},
            waiting=waiting,
        )
