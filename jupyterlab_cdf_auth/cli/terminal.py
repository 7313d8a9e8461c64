"""What is written for a person, to a terminal or into a file."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .problem import Problem

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PLAIN_FRAMES = "|/-\\"


class Terminal:
    """Lines on standard output, faults on standard error."""

    def __init__(
        self,
        out: TextIO | None = None,
        err: TextIO | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Find out what the output can show; see https://no-color.org."""
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self.is_interactive = self._out.isatty()
        self._has_styles = (
            self.is_interactive
            and not environment.get("NO_COLOR")
            and environment.get("TERM", "dumb") != "dumb"
        )
        is_unicode = "utf" in (self._out.encoding or "").lower()
        self._frames = _FRAMES if is_unicode else _PLAIN_FRAMES
        self._frame = 0
        self._waiting = 0

    def say(self, text: str = "") -> None:
        """Write a line."""
        self._clear()
        print(printable(text), file=self._out, flush=True)

    def show(self, text: str) -> None:
        """Write a line that must not be overlooked, indented."""
        self._clear()
        shown = printable(text)
        styled = f"\x1b[1m{shown}\x1b[0m" if self._has_styles else shown
        print(f"\n    {styled}\n", file=self._out, flush=True)

    def table(self, rows: Sequence[Sequence[str]], indent: str = "  ") -> None:
        """Write rows in columns that are as wide as they need to be."""
        for line in columns(rows):
            self.say(indent + line)

    def wait(self, text: str) -> None:
        """Say that something is awaited: in place, or once where it's no terminal."""
        if not self.is_interactive:
            if not self._waiting:
                print(printable(text), file=self._out, flush=True)
            self._waiting = 1
            return
        frame = self._frames[self._frame % len(self._frames)]
        self._frame += 1
        room = _room()
        line = f"{frame} {printable(text)}"[:room]
        self._out.write(f"\r{line.ljust(min(self._waiting, room))}")
        self._out.flush()
        self._waiting = len(line)

    def complain(self, problem: Problem) -> None:
        """Write what happened and what to do, to standard error."""
        self._clear()
        message = printable(f"jupyter cdf-auth: {problem.message}")
        print(message, file=self._err)
        if problem.action:
            print(printable(problem.action), file=self._err)
        self._err.flush()

    def warn(self, text: str) -> None:
        """Write a line about what goes on all the same, to standard error."""
        self._clear()
        print(printable(f"jupyter cdf-auth: {text}"), file=self._err, flush=True)

    def _clear(self) -> None:
        if self._waiting and self.is_interactive:
            self._out.write(f"\r{' ' * min(self._waiting, _room())}\r")
            self._out.flush()
        self._waiting = 0


def _room() -> int:
    """Give how many characters a line may have that is written again in its place.

    With one in the last column, some terminals have gone on to the next line.
    """
    return shutil.get_terminal_size().columns - 1


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align the cells of rows, which all have as many."""
    shown = [[printable(cell.replace("\n", " ")) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in shown]


def listed(rows: Sequence[Sequence[str]]) -> str:
    """Return a table as it stands in a problem's advice."""
    return "\n".join(f"  {line}" for line in columns(rows))


def printable(text: str) -> str:
    """Take out what a terminal would obey: names come from files and from others."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
