"""What a run is told, by a file that the driver writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

#: Seconds from which on a call is noted by itself, also while it is open.
LONG_CALL = 1.0


@dataclass(frozen=True)
class Config:
    """One kernel's part of a soak."""

    #: The kernel's name in the soak, and the folder of its records.
    kernel: str
    folder: Path
    #: Whose tokens they have to be: the claims `oid` and `tid`.
    account: str
    tenant: str
    #: How many threads, child processes and asyncio tasks call.
    threads: int
    children: int
    tasks: int
    #: Seconds by which each token's end is taken to be earlier: a planted fault.
    early: float

    @classmethod
    def read(cls, file: str) -> Config:
        """Read it from a JSON object with these names."""
        told = json.loads(Path(file).read_text())
        return cls(**{**told, "folder": Path(told["folder"])})

    @property
    def clock_file(self) -> Path:
        """Name the file that sets the clock of this kernel's processes."""
        return self.folder / f"clock-{self.kernel}"

    @property
    def is_over(self) -> bool:
        """Whether the soak has ended."""
        return (self.folder / "over").exists()
