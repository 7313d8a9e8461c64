"""``jupyter cdf-auth status``."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .api import Api
from .problem import FAILED, Problem
from .serving import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .answers import Kernel, Session
    from .servers import Server
    from .terminal import Terminal


@dataclass
class _Found:
    """One server: its sessions with their kernels, or why they aren't known."""

    server: Server
    sessions: list[tuple[Session, dict[str, str]]] = field(default_factory=list)
    kernels: dict[str, Kernel] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def is_good(self) -> bool:
        """Whether somebody is signed in and nothing has gone wrong."""
        sessions = [session for session, _ in self.sessions]
        return any(one.is_active for one in sessions) and not any(
            one.problem for one in sessions
        )


def status(servers: Sequence[Server], terminal: Terminal, *, as_json: bool) -> int:
    """Say who is signed in; 0 where somebody is and nothing has gone wrong, else 1.

    A server without the extension doesn't count where another has a sign-in.
    """
    found = [_look(server) for server in servers]
    if as_json:
        terminal.say(
            json.dumps({"servers": [_as_json(one) for one in found]}, indent=2)
        )
    for one in found:
        if not as_json:
            _show(one, terminal)
    concerned = [one for one in found if one.sessions]
    is_good = bool(concerned) and all(one.is_good for one in concerned)
    return 0 if is_good else FAILED


def _look(server: Server) -> _Found:
    found = _Found(server)
    try:
        with closing(Api(server)) as api:
            found.sessions = [(one, api.served(one.id)) for one in api.sessions()]
            found.kernels = {one.id: one for one in api.kernels()}
    except Problem as problem:
        found.problem = problem
        found.sessions = []
    return found


def _show(found: _Found, terminal: Terminal) -> None:
    terminal.say(found.server.name)
    if found.problem is not None:
        terminal.say(f"  {found.problem.message}\n  {found.problem.action}")
    elif not found.sessions:
        terminal.say("  Nobody is signed in.")
    for session, served in found.sessions:
        terminal.say()
        terminal.table(
            [
                ["account", session.who],
                ["connection", session.label],
                ["status", session.status],
                ["session", session.id],
                ["kernels", str(len(served))],
            ]
        )
        if session.problem is not None:
            terminal.say(
                f"  {session.problem['message']}\n  {session.problem['action']}"
            )
        if served:
            terminal.table(_rows(found, served), indent="    ")
    terminal.say()


def _rows(found: _Found, served: dict[str, str]) -> list[list[str]]:
    rows = []
    for id_, state in served.items():
        kernel = found.kernels.get(id_)
        row = kernel.row if kernel else ["", id_, ""]
        rows.append([*row, OUTCOMES.get(state, state)])
    return rows


def _as_json(found: _Found) -> dict[str, Any]:
    return {
        "server": found.server.name,
        "problem": found.problem and found.problem.as_json(),
        "sessions": [
            {
                "id": session.id,
                "status": session.status,
                "connection": session.label,
                "cluster": session.cluster,
                "account": session.username or None,
                "profile": session.profile,
                "problem": session.problem,
                "kernels": [
                    {
                        "id": id_,
                        "notebooks": list(found.kernels[id_].notebooks)
                        if id_ in found.kernels
                        else [],
                        "state": state,
                    }
                    for id_, state in served.items()
                ],
            }
            for session, served in found.sessions
        ],
    }
