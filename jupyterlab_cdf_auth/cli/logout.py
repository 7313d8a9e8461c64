"""``jupyter cdf-auth logout``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .kernels import listing
from .problem import USAGE, Problem
from .terminal import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .answers import Session
    from .api import Api
    from .terminal import Terminal


def logout(api: Api, terminal: Terminal, id_: str | None, *, every: bool) -> int:
    """Sign out, and call off what is pending; say which kernels were told.

    Raises Problem: ``several_sessions``, ``unknown_session``.
    """
    sessions = api.sessions()
    chosen = sessions if every else _choose(sessions, id_)
    if not chosen:
        terminal.say("Nobody is signed in.")
    kernels = {one.id: one for one in api.kernels()}
    for session in chosen:
        states = api.served(session.id)
        api.end(session.id)
        terminal.say(f"{_past(session)} {session.label}.")
        told = [id_ for id_, state in states.items() if state == "attached"]
        if told:
            terminal.say("These kernels were told to drop its tokens:\n")
            terminal.table(listing(kernels[id_] for id_ in told if id_ in kernels))
    return 0


def _choose(sessions: Sequence[Session], id_: str | None) -> Sequence[Session]:
    """Find the one that is meant, or the only one; none where there is none."""
    if id_ is None:
        # One that has failed is over by itself, and shown for some minutes only.
        alive = [one for one in sessions if one.status != "failed"]
        if len(alive) <= 1:
            return alive
    else:
        alive = [one for one in sessions if one.id == id_]
        if alive:
            return alive
    rows = [[one.id, one.who, one.label, one.status] for one in sessions]
    shown = listed([["SESSION", "ACCOUNT", "CONNECTION", "STATUS"], *rows])
    if id_ is None:
        raise Problem(
            "several_sessions",
            "There are several sessions.",
            f"Name one with --session, or use --all:\n{shown}",
            USAGE,
        )
    raise Problem(
        "unknown_session",
        f"There is no session {id_}.",
        f"These are there:\n{shown}" if sessions else "Nobody is signed in.",
        USAGE,
    )


def _past(session: Session) -> str:
    if not session.username:
        return "The sign-in was called off:"
    return f"{session.who} is signed out of"
