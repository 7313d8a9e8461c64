"""One child process, as its kernel serves it: the kernel is its holder of sessions.

The messages are those of the protocol, so that a child's agent is no other than a
kernel's. It is told the selection and each change of it; what it asks is asked by this
kernel's own agent, once for all who ask.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from . import _fields, _protocol, _wire
from ._cache import MARGIN_PART
from ._wait import Wait
from .errors import CdfAuthError

if TYPE_CHECKING:
    import socket

    from ._agent import Agent
    from ._fields import Content
    from ._protocol import Selected
    from ._token import Token

#: Seconds after which nobody waits any more for what isn't asked again: each second
#: it should be, but a child may have been stopped for a while.
_PATIENCE = 5.0

#: Messages that may wait for a child that doesn't read them.
_MAX_UNSENT = 1000

#: Questions of one child that are answered at a time; others come again.
_MAX_OPEN = 100


class _Asked(NamedTuple):
    id: str
    session: str | None
    scopes: tuple[str, ...]
    min_ttl: float | None
    #: By the child's clock.
    sent: float


class Child:
    """A connection to a child that has proved to know the key."""

    def __init__(self, agent: Agent, peer: socket.socket) -> None:
        """Answer `peer` by `agent`."""
        self.peer = peer
        self._agent = agent
        self._outbox: SimpleQueue[Content | None] = SimpleQueue()
        self._lock = threading.Lock()
        #: When each open question was asked last (s, monotonic).
        self._open: dict[str, float] = {}
        self._told: Selected | None = None
        #: Sessions whose end is of interest to this child.
        self._mentioned: set[str] = set()
        self._gone = False

    def serve(self) -> None:
        """Serve it until it is gone."""
        self._say("hello", holder="kernel")
        self.tell()
        try:
            _wire.run(self.peer, self._outbox, self._receive)
        finally:
            self._gone = True

    def tell(self) -> None:
        """Tell what has changed since; from any thread, and without waiting."""
        state = self._agent.state
        with self._lock:
            ended = {one for one in self._mentioned if state.sessions.has_ended(one)}
            self._mentioned -= ended
            for session in sorted(ended):
                self._say("bye", session=session)
            selected = state.switch.current
            if selected is not None and selected is not self._told:
                self._mentioned.add(selected.session)
                self._say("context", **_fields_of(selected))
            self._told = selected

    def _receive(self, raw: Content) -> None:
        try:
            asked = _read(raw)
        except _fields.Refusal:
            return
        now = self._agent.clock.monotonic()
        with self._lock:
            is_new = asked.id not in self._open
            if is_new and len(self._open) >= _MAX_OPEN:
                return
            self._open[asked.id] = now
            if asked.session is not None:
                self._mentioned.add(asked.session)
        if is_new:
            threading.Thread(target=self._answer, args=(asked,), daemon=True).start()

    def _answer(self, asked: _Asked) -> None:
        try:
            self._fetch(asked)
        except CdfAuthError as error:
            self._refuse(asked, error)
        except Exception as error:  # noqa: BLE001 - or the child would ask for ever
            fault = type(error).__name__
            self._refuse(
                asked, CdfAuthError("parent_failed", f"The kernel failed ({fault}).")
            )
        finally:
            with self._lock:
                self._open.pop(asked.id, None)

    def _fetch(self, asked: _Asked) -> None:
        agent = self._agent
        pin = None if asked.session is None else (asked.session, asked.scopes)
        wait = Wait(agent, pin, asked.scopes, asked.min_ttl, None)
        is_told = False
        steps = wait.steps()
        try:
            while self._is_wanted(asked.id):
                signal, seconds = next(steps)
                if wait.reason and not is_told:
                    is_told = True
                    self._say("waiting", **_about(asked), reason=wait.reason)
                agent.clock.wait(signal, seconds)
        except StopIteration as stop:
            self._deliver(asked, stop.value)
        finally:
            steps.close()

    def _is_wanted(self, id_: str) -> bool:
        since = self._agent.clock.monotonic() - self._open[id_]
        return not self._gone and since < _PATIENCE

    def _deliver(self, asked: _Asked, token: Token) -> None:
        agent = self._agent
        found = agent.state.find(token)
        if found is None:
            # The user has signed out in between: asked again, the child is told so.
            return
        key, held = found
        # As asked: this kernel may know an heir of the session.
        session = asked.session or key[0]
        with self._lock:
            self._mentioned.add(session)
        self._say(
            "token",
            id=asked.id,
            session=session,
            scopes=list(asked.scopes or key[1]),
            token=str(token),
            expires_in=max(held.left(agent.clock), 0.001),
            # Both renew it at the same moment: the margin counts, not the lifetime.
            lifetime=(held.ends - held.fresh) / MARGIN_PART,
            sent=asked.sent,
        )

    def _refuse(self, asked: _Asked, error: CdfAuthError) -> None:
        self._say(
            "error",
            **_about(asked),
            kind=type(error).__name__,
            code=error.code,
            message=error.message,
            action=error.action,
        )

    def _say(self, operation: str, **fields: object) -> None:
        self._outbox.put({"v": _protocol.VERSION, "op": operation, **fields})
        if self._outbox.qsize() > _MAX_UNSENT:
            _wire.shut(self.peer)


def _about(asked: _Asked) -> Content:
    return {"id": asked.id, "session": asked.session}


def _fields_of(selected: Selected) -> Content:
    # A child runs no cells: it follows at once.
    return {
        **vars(selected),
        "scopes": list(selected.scopes),
        "since": selected.since.isoformat(),
        "settled": True,
    }


def _read(raw: Content) -> _Asked:
    if raw.get("v") != _protocol.VERSION or raw.get("op") != "token":
        raise _fields.malformed("This is no question.")
    min_ttl = cast("Any", raw.get("min_ttl"))
    # Comparisons are false for NaN, and safe for integers of any size.
    if min_ttl is not None and not (type(min_ttl) in (int, float) and min_ttl >= 0):
        raise _fields.malformed("min_ttl must be 0 seconds or more.")
    return _Asked(
        id=_fields.text(raw, "id"),
        session=_fields.text_or_none(raw, "session"),
        scopes=_fields.scopes(raw),
        min_ttl=min_ttl,
        sent=_fields.time(raw, "sent"),
    )
