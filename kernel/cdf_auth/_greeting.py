"""What an agent says: its questions, and its answer to a holder that greets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _protocol as protocol
from ._version import __version__

if TYPE_CHECKING:
    from ._agent import Agent
    from ._fields import Content
    from ._questions import Key, Question


def word(agent: Agent, question: Question) -> Content:
    """Put a question into the protocol's words."""
    session, scopes = question.key
    return protocol.question(
        id=question.id,
        instance=agent.instance,
        session=session,
        scopes=scopes,
        min_ttl=question.min_ttl,
        sent=agent.state.sent_times.now(),
    )


def greet(agent: Agent) -> Content:
    """Say what a holder that greets is told."""
    state = agent.state
    newest = state.switch.newest
    session = state.sessions.heir_of(newest.session) if newest else None
    if not _is_holders(agent, (session, ())):
        # A holder's selection takes the place of the environment's and the parent's.
        newest = session = None
    return {
        "agent": __version__,
        "now": state.sent_times.now(),
        "session": session,
        "since": newest.since.isoformat() if newest else None,
        "running": state.switch.running,
        # A server drops what is asked on iopub while a cell prints without pause.
        "open": [
            word(agent, one)
            for one in state.questions.all()
            if _is_holders(agent, one.key)
        ],
    }


def _is_holders(agent: Agent, key: Key) -> bool:
    """Tell whether a holder of this kernel can answer this."""
    return not (agent.is_own(key) or agent.route.is_parents(key))
