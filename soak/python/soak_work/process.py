"""What each process does besides: it says how far it is, and follows its clock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from . import clock
from .clock import real
from .config import LONG_CALL

if TYPE_CHECKING:
    from .caller import Caller
    from .config import Config
    from .records import Records

#: Seconds between two reports.
_REPORT = 1.0


class Reporter:
    """Two threads beside the callers of a process: one reports, one sets the clock."""

    def __init__(self, config: Config, records: Records, callers: list[Caller]) -> None:
        """Report what `callers` have done so far."""
        self._config = config
        self._records = records
        self._callers = callers
        self._over = threading.Event()
        clock.replace()
        following = (config.clock_file, self._over)
        self._threads = (
            threading.Thread(target=self._report_often, daemon=True),
            threading.Thread(target=clock.follow_forever, args=following, daemon=True),
        )

    def start(self) -> None:
        """Begin; the clock is set when this returns."""
        clock.follow(self._config.clock_file)
        self._report()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, with a last report."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._report()

    def _report_often(self) -> None:
        while not self._over.wait(_REPORT):
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
            if (since := one.since) is not None and now - since >= LONG_CALL
        }
        self._records.note(
            "count",
            calls=self._calls(),
            good={one.name: one.good_at for one in self._callers},
            waiting=waiting,
        )
