"""The real time, and a clock of this process that can be set."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from types import FunctionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from pathlib import Path

#: The real time (s); taken before anything is replaced.
real = time.time

#: Seconds between two looks at a clock's file.
_LOOK = 0.25

#: Whose references to the clock are replaced, besides `time.time` itself.
_PRODUCTS = ("cdf_auth", "jupyterlab_cdf_auth")


class _Set:
    """By how many seconds this process's clock has been set."""

    ahead = 0.0
    #: Whether all of the process goes by it, or the product alone.
    is_everybodys = True


def _as_set() -> float:
    return real() + _Set.ahead


def replace() -> None:
    """Let this process go by a clock that can be set; harmless if it does already.

    Who took `time.time` when it was imported would not notice, so that is looked for in
    the product's modules and in their classes.
    """
    if _Set.is_everybodys:
        time.time = _as_set
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in _PRODUCTS:
            _replace_in(module)
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__ == name:
                    _replace_in(value)


def _replace_in(owner: object) -> None:
    for name, value in list(vars(owner).items()):
        if value is real:
            setattr(owner, name, _as_set)
        elif isinstance(value, staticmethod) and value.__func__ is real:
            setattr(owner, name, staticmethod(_as_set))


def be_the_products() -> None:
    """Let nobody else in this process go by the clock that can be set.

    A tornado whose clock is set back by an hour calls nothing periodic for an hour, so
    that a Jupyter server would not restart a kernel that has been killed.
    """
    _Set.is_everybodys = False


def follow(file: Path) -> None:
    """Set the clock by the seconds that `file` names, if it is there."""
    with suppress(OSError, ValueError):
        ahead = float(file.read_text())
        if ahead != _Set.ahead:
            # What has been imported since.
            replace()
            _Set.ahead = ahead


def follow_forever(file: Path, over: threading.Event) -> None:
    """Go on with `follow` until `over` is set."""
    while True:
        follow(file)
        if over.wait(_LOOK):
            return


assert not isinstance(real, FunctionType), "The clock has been replaced already."
