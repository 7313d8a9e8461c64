"""The columns of the kernel matrix: each environment, with both ways to the agent."""

import json
from dataclasses import dataclass
from functools import cache

from support.real_kernel import ENVIRONMENTS

#: The agent comes from the holder, or from `cdf-auth` in the kernel's environment.
WAYS = ["injected", "installed"]


@dataclass(frozen=True)
class Column:
    """A kernel; `python` and `ipykernel` name lines of them, such as "3.12" and "7"."""

    environment: str
    python: str
    ipykernel: str
    way: str

    def __str__(self):
        return f"py{self.python} ipykernel {self.ipykernel} {self.way}"

    @property
    def path(self):
        """What the kernel's PYTHONPATH is to be."""
        installed = str(ENVIRONMENTS / _matrix()["installed"])
        return installed if self.way == "installed" else ""


def columns():
    """Give every kernel that can be run on this machine."""
    return [
        Column(one["name"], one["python"], one["ipykernel"], way)
        for one in _matrix()["environments"]
        for way in WAYS
    ]


def ends():
    """Give the oldest kernel that is injected, and the newest one that is installed."""
    found = columns()
    return [
        next(one for one in found if one.way == "injected"),
        next(one for one in reversed(found) if one.way == "installed"),
    ]


def missing_pythons():
    """Give the Pythons that this machine hasn't got, such as "3.14"."""
    return _matrix()["missing"]


def column_of(item):
    """Give the column in which a test runs, `None` for one that runs in no kernel."""
    return item.callspec.params.get("column") if hasattr(item, "callspec") else None


@cache
def _matrix():
    file = ENVIRONMENTS / "matrix.json"
    if not file.exists():
        raise RuntimeError(
            "The kernels of the matrix aren't there: make them with "
            "`node scripts/setup.mjs --matrix`."
        )
    return json.loads(file.read_text("utf-8"))
