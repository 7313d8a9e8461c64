"""Waits while a person enters the device code (RFC 8628) in some browser."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Device, Session
    from .api import Api
    from .terminal import Terminal

#: Looks that may find no server; seconds and steps of the line between two looks.
_PATIENCE = 5
_EVERY, _STEPS = 1.0, 10


def sign_in(
    api: Api, terminal: Terminal, body: dict[str, Any], pause: Callable[[float], None]
) -> Session:
    """Start a session, or renew the one that ``body`` names, until it is active.

    An interrupt calls it off. Raises Problem with the reason for which it failed.
    """
    session = api.start(body)
    is_renewal = "session" in body
    misses = 0
    try:
        if session.device:
            _show(terminal, session.device)
        while session.status == "pending":
            _wait(terminal, session, pause)
            try:
                session = api.session(session.id)
                misses = 0
            except Problem as problem:
                # A server that is away for a moment doesn't end the sign-in.
                misses += 1
                if problem.code != "server_unreachable" or misses >= _PATIENCE:
                    raise
    except KeyboardInterrupt:
        # To end one that is being renewed would sign it out: its code just expires.
        if not is_renewal:
            with suppress(Problem):
                api.end(session.id)
        raise
    if session.is_active:
        return session
    if not is_renewal:
        # It has been told here; no panel needs to show it.
        with suppress(Problem):
            api.end(session.id)
    raise as_problem(session)


def as_problem(session: Session) -> Problem:
    """Say why a session isn't active, or gets no tokens."""
    told = session.problem or {}
    return Problem(
        told.get("code", "sign_in_failed"),
        told.get("message", "The sign-in has ended without a reason."),
        told.get("action", "Sign in again."),
    )


def _show(terminal: Terminal, device: Device) -> None:
    terminal.say("Open this page in any browser, on this or another device:")
    terminal.show(device.page)
    terminal.say("and enter the code:")
    terminal.show(device.code)


def _wait(terminal: Terminal, session: Session, pause: Callable[[float], None]) -> None:
    minutes, seconds = divmod(session.device.expires_in if session.device else 0, 60)
    for _ in range(_STEPS):
        terminal.wait(
            f"Waiting for you to sign in ({minutes}:{seconds:02} left, "
            "Ctrl-C calls it off)"
        )
        pause(_EVERY / _STEPS)
