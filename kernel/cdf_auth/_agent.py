"""The agent: what this kernel knows of sessions, and whom it asks.

Messages arrive on the control thread, questions come from any thread. One lock guards
the state; nothing is printed or waited for under it.
"""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

from . import _protocol as protocol
from ._context import Context
from ._fields import Refusal
from ._greeting import greet, word
from ._headless import Headless
from ._questions import Questions
from ._route import Route
from ._state import State
from ._wait import Wait, drive, drive_async
from .errors import ForkedProcess, NoSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ._cache import Held, Slot
    from ._clock import Clock
    from ._fields import Content
    from ._questions import Key, Question
    from ._route import Port
    from ._token import Token
    from .errors import CdfAuthError


class Agent:
    """One for each kernel process."""

    def __init__(
        self, port: Port, clock: Clock, slot: Slot, headless: Headless | None = None
    ) -> None:
        """Keep in `slot` the token that `get_token()` without arguments gives."""
        self.instance = secrets.token_hex(8)
        self.clock = clock
        #: Set in a forked child that can't ask its parent.
        self.forked = False
        #: Called after each change, outside the lock: child processes are told.
        self.changed: Callable[[], None] = lambda: None
        #: Gives whom to ask where nobody attaches to this kernel, if there is anyone.
        self.elsewhere: Callable[[], Port | None] = lambda: None
        #: Since when control handles nothing but a debugger's request, if it does (s).
        self.debugged_since: float | None = None
        #: Since when code has waited for a holder in vain (s): the first call's start.
        self.alone_since: float | None = None
        self.headless = headless or Headless(clock)
        self.route = Route(port)
        self._slot = slot
        self.state = State(clock, slot)
        self._lock = threading.Lock()

    # What a kernel reports.

    def receive(self, raw: object, *, by_parent: bool = False) -> Content:
        """Act upon a holder's message and give the acknowledgement. Never raises."""
        try:
            message = protocol.read(raw, self.instance)
            with self._lock:
                greeting = self._act(message, by_parent=by_parent)
        except Refusal as refusal:
            if refusal.version is not None:
                self.state.foreign_version = refusal.version
            return protocol.refuse(self.instance, refusal)
        self.changed()
        return protocol.acknowledge(self.instance, **greeting)

    def _act(self, message: protocol.Message, *, by_parent: bool) -> Content:
        """Do what a message says, and give what is told to a holder that greets."""
        if by_parent and self._is_overtaken(message):
            return {}
        if isinstance(message, protocol.Selected):
            self.route.told(message.session)
        self.state.act(message)
        if not isinstance(message, protocol.Hello):
            return {}
        self.route.attach(self.state.sessions.live)
        return greet(self)

    def _is_overtaken(self, message: protocol.Message) -> bool:
        """Tell whether a holder has come since the parent sent this, and counts."""
        if isinstance(message, (protocol.Delivered, protocol.Waiting)):
            asked = self.state.questions.find(message.id)
            return asked is not None and not self.route.is_parents(asked.key)
        return isinstance(message, protocol.Selected) and not self.route.is_child

    def cell_starts(self, cell: str | None, date: datetime | None) -> None:
        """Report that the main shell starts a cell, submitted at `date`."""
        with self._lock:
            self.state.switch.cell_starts(cell, date)
            self.state.refill()
        self.changed()

    def cell_ends(self) -> None:
        """Report that the main shell has ended a cell."""
        with self._lock:
            self.state.switch.cell_ends()
            self.state.refill()
        self.changed()

    def in_cell(self, act: Callable[[], None]) -> None:
        """Do `act` if a cell of the main shell runs, and before its end is told."""
        with self._lock:
            if self.state.switch.running:
                act()

    def debugger_starts(self) -> None:
        """Report that control begins to handle a debugger's request."""
        self.debugged_since = self.clock.monotonic()

    def debugger_ends(self) -> None:
        """Report that the debugger's request has been answered."""
        self.debugged_since = None

    def forked_child(self, port: Port | None = None) -> None:
        """Report that this is a forked child, whose parent `port` asks.

        Another thread may have held the lock at that moment, in the middle of a change.
        Without a `port` the tokens of before the fork are all there is.
        """
        self._lock = threading.Lock()
        self.changed = lambda: None
        self.debugged_since = None
        if port is None:
            self.forked = True
            # The threads that would have answered are the parent's.
            self.headless.forked_child()
            self.state.questions = Questions()
            return
        # The parent answers for the environment too: what is its own isn't this one's.
        self.headless = Headless(self.clock)
        self._slot.clear()
        self.state = State(self.clock, self._slot)
        self.route = Route(port)
        self.follow(port)

    def follow(self, port: Port) -> None:
        """Ask a parent process by `port`; its silence is no lack of a holder."""
        self.route.follow(port)
        self.state.attached = True

    def fail(self, error: CdfAuthError, id: str | None = None) -> None:  # noqa: A002
        """Raise the parent's `error` in calls that wait for its answer to `id`.

        `None` stands for its answer to any question.
        """
        with self._lock:
            self.state.questions.answer(
                error,
                lambda one: id in (None, one.id) and self.route.is_parents(one.key),
            )

    @property
    def has_sessions(self) -> bool:
        """Whether anyone is signed in."""
        return bool(self.state.sessions)

    def held_tokens(self) -> Iterator[str]:
        """Give every token and secret that is held, for the redaction of logs."""
        yield from (str(held.token) for held in list(self.state.tokens.values()))
        yield from self.headless.secrets()

    # What notebook code asks.

    def get_token(
        self,
        scopes: tuple[str, ...],
        *,
        min_ttl: float | None = None,
        wait: float | None = None,
        pin: Key | None = None,
    ) -> Token:
        """Give a token of what is selected, or of `pin`; see `cdf_auth.get_token`."""
        patience = Wait(self, pin, scopes, min_ttl, wait)
        return drive(patience.steps(), self.clock)

    async def get_token_async(
        self,
        scopes: tuple[str, ...],
        *,
        min_ttl: float | None = None,
        wait: float | None = None,
        pin: Key | None = None,
    ) -> Token:
        """Give a token without blocking the event loop."""
        patience = Wait(self, pin, scopes, min_ttl, wait)
        return await drive_async(patience.steps(), self.clock)

    def context(self) -> Context:
        """Give what is selected, waiting for it as for a token."""
        selected = self.state.switch.current
        if selected is None:
            self.get_token(())
            selected = self.state.switch.current
        if selected is None:
            raise NoSession
        return Context(
            connection=selected.connection,
            cluster=selected.cluster,
            project=selected.project,
            base_url=selected.base_url,
            account=selected.account,
            _pin=(selected.session, selected.scopes),
            _agent=self,
        )

    # What a wait needs.

    def join(self, key: Key, min_ttl: float | None) -> Question | None:
        """Wait with all who ask the same; `None` where nothing need be asked."""
        if not self.is_own(key):
            if self.forked:
                raise ForkedProcess
            obstacle = self.route.port_for(key).obstacle()
            if obstacle is not None:
                raise obstacle
        with self._lock:
            return self.state.join(key, min_ttl)

    def leave(self, question: Question) -> None:
        """Stop waiting for `question`."""
        with self._lock:
            self.state.questions.leave(question)

    def go_elsewhere(self, question: Question) -> None:
        """Ask the parent process from now on. Raises `NoSession` without one."""
        port = self.elsewhere()
        if port is None:
            raise NoSession
        with self._lock:
            # A holder may have come while the parent was looked for.
            if not self.state.attached:
                self.follow(port)
            question.send_at = self.clock.monotonic()

    def send(self, question: Question) -> None:
        """Send `question` where it is due, again with the same id."""
        with self._lock:
            if not question.is_due(self.clock.monotonic()):
                return
            if is_own := self.is_own(question.key):
                if question.answered.is_set() or question.key in self.headless.flying:
                    return
                self.headless.flying.add(question.key)
            else:
                # Under the lock, as it notes the time that is sent.
                words = word(self, question)
        if is_own:
            best = self.state.look(question.key, 0)
            self.headless.fetch(question, best, self._settle)
        else:
            self.route.port_for(question.key).send(words)

    # Without a holder.

    def is_own(self, key: Key) -> bool:
        """Tell whether the environment answers this, and no holder is asked."""
        return key[0] == self.headless.session

    def is_alone(self, silence: float) -> bool:
        """Tell whether nobody has come within `silence` seconds, or can come at all."""
        state = self.state
        if state.attached or state.foreign_version is not None:
            return False
        since = self.alone_since
        waited = since is not None and self.clock.monotonic() - since >= silence
        return waited or self.forked

    def fall_back(self) -> bool:
        """Follow the environment where it means a run without JupyterLab.

        Raises `EnvironmentIncomplete` and `EnvironmentUnusable`.
        """
        selected = self.headless.select()
        if selected is None:
            return False
        with self._lock:
            # A holder that has come meanwhile is told about by its messages.
            if not self.state.attached and self.state.switch.current is None:
                self.state.adopt(selected)
        self.changed()
        return True

    def _settle(self, key: Key, outcome: Held | CdfAuthError) -> None:
        with self._lock:
            self.headless.flying.discard(key)
            self.state.settle(key, outcome)
