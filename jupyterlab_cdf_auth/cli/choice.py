"""Which connection, which session and which project; never a guess."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .problem import USAGE, Problem
from .terminal import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .answers import Connection, Session

#: As the panel takes it.
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII | re.IGNORECASE)


def choose_connection(
    connections: Sequence[Connection],
    problems: Sequence[dict[str, str]],
    label: str | None,
    cluster: str | None,
) -> Connection:
    """Find the one with this label and cluster, or the only one there is.

    Raises Problem: ``no_connection``, ``several_connections``, or what is wrong with
    the only one.
    """
    fitting = [
        one
        for one in connections
        if label in {None, one.label} and cluster in {None, one.cluster}
    ]
    if len(fitting) == 1:
        return fitting[0]
    rows = [[one.label, one.cluster] for one in fitting or connections]
    shown = listed([["CONNECTION", "CLUSTER"], *rows])
    if fitting:
        raise Problem(
            "several_connections",
            "The Jupyter server has several connections to choose from.",
            f"Choose one with --connection:\n{shown}",
            USAGE,
        )
    # A broken entry may be the one that is meant.
    broken = "".join(f"\n{one['message']} {one['action']}" for one in problems)
    if connections:
        raise Problem(
            "no_connection",
            "The Jupyter server has no connection of this name and cluster.",
            f"These are there:\n{shown}{broken}",
            USAGE,
        )
    raise Problem(
        "no_connection",
        "The Jupyter server has no connection to sign in to.",
        "Configure c.CdfAuth.connections, as the README says; the connections of "
        f"JupyterLab's own settings are known to its pages only.{broken}",
    )


def choose_session(
    sessions: Sequence[Session],
    connection: Connection,
    id_: str | None,
    profile: str | None,
) -> Session | None:
    """Find the session to go on with: one that is active, or has ended, or none.

    It is of a person, or of the profile that is named, unless it is named itself.
    Raises Problem: ``unknown_session``, ``several_sessions``.
    """
    own = [one for one in sessions if one.label == connection.label]
    if id_ is None or profile is not None:
        own = [one for one in own if one.profile == profile]
    if id_ is not None:
        own = [one for one in own if one.id == id_]
        if not own:
            whose = "" if profile is None else f' of the profile "{profile}"'
            raise Problem(
                "unknown_session",
                f'"{connection.label}" has no session {id_}{whose}.',
                "`jupyter cdf-auth status` lists them.",
                USAGE,
            )
    for status in ("active", "ended"):
        fitting = [one for one in own if one.status == status]
        if len(fitting) > 1:
            shown = listed([[one.id, one.who] for one in fitting])
            raise Problem(
                "several_sessions",
                f'"{connection.label}" has several sessions.',
                f"Choose one with --session:\n{shown}",
                USAGE,
            )
        if fitting:
            return fitting[0]
    return None


def check_project(name: str) -> None:
    """Raise Problem ``project_invalid`` for what can't be the name of a project."""
    if not _PROJECT.fullmatch(name):
        raise Problem(
            "project_invalid",
            f'"{name}" can\'t be the name of a project.',
            "Letters, digits, hyphens and underscores only, as in the address of the "
            "project.",
            USAGE,
        )


def choose_project(
    wish: str | None, connection: Connection, names: Sequence[str], who: str
) -> str | None:
    """Find the project, as the panel does: asked for, configured, or the only one.

    ``names`` is empty where CDF doesn't list them. Raises Problem
    ``project_unknown``.
    """
    if wish is not None:
        if names and wish not in names:
            raise Problem(
                "project_unknown",
                f'{who} has no project "{wish}" on {connection.cluster}.',
                f"Choose one of: {', '.join(names)}.",
            )
        return wish
    configured = connection.project
    if configured and (not names or configured in names):
        return configured
    return names[0] if len(names) == 1 else None
