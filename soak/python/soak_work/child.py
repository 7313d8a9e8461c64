"""A child process of the kernel, with a loop of its own."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from .caller import Caller
from .process import Reporter
from .records import Records

if TYPE_CHECKING:
    from .config import Config


def work(config: Config, run: str, name: str, kernel: int) -> None:
    """Call until the soak is over, or the process `kernel` has gone."""
    # An interrupt of the kernel reaches all of its group; the kernel ends us then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    records = Records(config, run, name, kernel)
    caller = Caller(name, config, records)
    reporter = Reporter(config, records, [caller])
    reporter.start()
    while not config.is_over and os.getppid() == kernel:
        time.sleep(caller.call())
    reporter.stop()
