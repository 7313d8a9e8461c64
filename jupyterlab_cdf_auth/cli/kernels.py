"""Which kernels a user means."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .problem import USAGE, Problem
from .terminal import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .answers import Kernel

#: Fewer letters of an id are more likely a notebook's name.
_LEAST_OF_ID = 4


def named(kernels: Sequence[Kernel], names: Iterable[str]) -> list[Kernel]:
    """Find the kernels by notebook or id.

    A notebook is its path as Jupyter shows it, or its name alone where only one has
    it; an id may be shortened. Raises Problem ``unknown_kernel``, ``several_kernels``.
    """
    found: dict[str, Kernel] = {}
    for name in names:
        one = _one(kernels, name)
        found[one.id] = one
    return list(found.values())


def listing(kernels: Iterable[Kernel]) -> list[list[str]]:
    """Give the rows of a table of kernels, its head included."""
    return [["NOTEBOOK", "KERNEL", "STATE"], *(kernel.row for kernel in kernels)]


def _one(kernels: Sequence[Kernel], name: str) -> Kernel:
    path = name.strip("/")
    ways = (
        [one for one in kernels if one.id == name],
        [one for one in kernels if path in one.notebooks],
        [
            one
            for one in kernels
            if path in {PurePosixPath(notebook).name for notebook in one.notebooks}
        ],
        [one for one in kernels if one.id.startswith(name)]
        if len(name) >= _LEAST_OF_ID
        else [],
    )
    matches = next((way for way in ways if way), [])
    if len(matches) == 1:
        return matches[0]
    shown = listed(listing(matches or kernels))
    if matches:
        raise Problem(
            "several_kernels",
            f'Several kernels are meant by "{name}".',
            f"Name one by its id:\n{shown}",
            USAGE,
        )
    raise Problem(
        "unknown_kernel",
        f'No kernel has the id or the notebook "{name}".',
        f"These have a Jupyter session:\n{shown}"
        if kernels
        else "No kernel of this server has a Jupyter session: open a notebook first.",
        USAGE,
    )
