"""What a process notes: lines of JSON, whole ones even if it is killed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from .clock import real

if TYPE_CHECKING:
    from .config import Config


class Records:
    """The file of one process in one run of the cell."""

    def __init__(self, config: Config, run: str, role: str, parent: int | None) -> None:
        """Begin it; `role` says what the process is, `parent` is the kernel's."""
        self._file = config.folder / f"{config.kernel}.{run}.{role}.jsonl"
        pid = os.getpid()
        kernel = config.kernel
        self.note("began", kernel=kernel, run=run, role=role, pid=pid, parent=parent)

    def note(self, event: str, **fields: object) -> None:
        """Append a line; it is written at once and as a whole.

        No descriptor is kept: those of the kernel are counted.
        """
        line = json.dumps({"event": event, "at": real(), **fields})
        file = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{line}\n".encode())
        finally:
            os.close(file)
