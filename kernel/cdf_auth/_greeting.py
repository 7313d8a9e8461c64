"""What an agent says: its questions, and its answer to a holder that greets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from . import _protocol as protocol
from ._version import __version__

if TYPE_CHECKING:
    from ._agent import Agent
    from ._fields import Content
    from ._questions import Question
    from .errors import CdfAuthError


class Port(Protocol):
    """What the agent needs of its kernel."""

    def send(self, data: Content) -> None:
        """Publish a question; from any thread."""

    def obstacle(self) -> CdfAuthError | None:
        """Tell why no answer can reach the code that calls, if so."""


def word(agent: Agent, question: Question) -> Content:
    """Put a question into the protocol's words."""
    session, scopes = question.key
    return protocol.question(
        id=question.id,
        instance=agent.instance,
        session=session,
        scopes=scopes,
        min_ttl=question.min_ttl,
        sent=agent.clock.wall(),
    )


def greet(agent: Agent) -> Content:
    """Say what a holder that greets is told."""
    state = agent.state
    newest = state.switch.newest
    if newest is not None and newest.session == agent.headless.session:
        # A holder's selection takes its place.
        newest = None
    return {
        "agent": __version__,
        "now": agent.clock.wall(),
        "session": state.sessions.heir_of(newest.session) if newest else None,
        "since": newest.since.isoformat() if newest else None,
        "running": state.switch.running,
        # A server drops what is asked on iopub while a cell prints without pause.
        "open": [
            word(agent, one)
            for one in state.questions.all()
            if not agent.is_own(one.key)
        ],
    }
