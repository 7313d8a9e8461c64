"""Has kernels served, and says how that went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .answers import Connection, Kernel, Session
    from .api import Api
    from .terminal import Terminal

#: Looks at how far the server is with the kernels, and seconds between two.
_LOOKS, _EVERY = 30, 0.2

#: What the server says of a kernel, in words.
OUTCOMES = {
    "attached": "served",
    "attaching": "not yet, it hasn't answered",
    "unfit": "can't be served",
    "gone": "has ended",
}


@dataclass(frozen=True)
class Wish:
    """What kernels are to work in."""

    connection: Connection
    project: str | None
    #: Whether the user has named the project.
    is_explicit: bool

    def context(self) -> dict[str, Any]:
        """Return the context as it is chosen now."""
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        return {
            "connection": self.connection.label,
            "cluster": self.connection.cluster,
            "project": self.project,
            "baseUrl": self.connection.base_url,
            "scopes": list(self.connection.scopes),
            "since": now.replace("+00:00", "Z"),
        }


@dataclass(frozen=True)
class Served:
    """How it went: whether a context was told to any, and whether all can be served."""

    is_new: bool
    is_complete: bool


def serve(  # noqa: PLR0913 - what it takes
    api: Api,
    terminal: Terminal,
    session: Session,
    kernels: Sequence[Kernel],
    wish: Wish,
    *,
    pause: Callable[[float], None],
) -> Served:
    """Have the kernels served. Raises Problem."""
    before = api.served(session.id)
    # A kernel that is served may be in a project that somebody has chosen in the
    # panel: only a project that was named takes its place.
    new = [one.id for one in kernels if wish.is_explicit or one.id not in before]
    if new:
        api.serve(session.id, new, wish.context())
    states = _settled(api, terminal, session, kernels, pause)
    terminal.say(_headline(kernels, new, wish))
    rows = (
        [*kernel.row, OUTCOMES.get(states[kernel.id], states[kernel.id])]
        for kernel in kernels
    )
    terminal.table([["NOTEBOOK", "KERNEL", "STATE", ""], *rows])
    if "unfit" in states.values():
        terminal.say(
            "\nServed are kernels of ipykernel 6.29 or newer, or of xeus-python, on "
            "Python 3.10\nor newer."
        )
    return Served(
        is_new=bool(new),
        is_complete=not {"unfit", "gone"} & set(states.values()),
    )


def _settled(
    api: Api,
    terminal: Terminal,
    session: Session,
    kernels: Sequence[Kernel],
    pause: Callable[[float], None],
) -> dict[str, str]:
    """Give the kernels' states once all of them have answered, or soon."""
    for _ in range(_LOOKS):
        served = api.served(session.id)
        states = {one.id: served.get(one.id, "gone") for one in kernels}
        if "attaching" not in states.values():
            break
        terminal.wait("Waiting for the kernels to answer")
        pause(_EVERY)
    return states


def _headline(kernels: Sequence[Kernel], new: Sequence[str], wish: Wish) -> str:
    many = "1 kernel" if len(kernels) == 1 else f"{len(kernels)} kernels"
    if not new:
        return f"\n{many}, served already; the project stays:\n"
    project = f"project {wish.project}" if wish.project else "no project"
    kept = "" if len(new) == len(kernels) else " (those that were served keep theirs)"
    return f"\n{many}, {project}{kept}:\n"
