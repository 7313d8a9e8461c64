"""Knows the answers for one kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from . import protocol
from .dates import parse_date
from .provider_errors import ProviderError, Remedy
from .session import Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from .models import Context
    from .protocol import Content, TokenRequest
    from .session import Session


class KernelDesk:
    """The sessions to which a kernel was named, and what is selected in it."""

    def __init__(self, is_there: Callable[[], Awaitable[bool]]) -> None:
        """Start without any; ``is_there`` tells whether the kernel may be served."""
        self.is_there = is_there
        self.sessions: dict[str, Session] = {}
        self.selected: tuple[Session, Context] | None = None
        #: Ids of sessions that nobody chose for this kernel, which follows another.
        self._passed_over: set[str] = set()

    def name(self, session: Session, context: Context | None) -> bool:
        """Serve ``session``; tell whether there is another selection to be told.

        Without a context the session only answers: the selection is another's.
        """
        self.sessions[session.id] = session
        self._passed_over.discard(session.id)
        before = self.selected
        if context is not None:
            # A page that was merely opened tells of a choice that may be an older one.
            if before is None or not _is_older(context, before[1]):
                self.selected = (session, context)
        elif before and before[0] is session:
            self.selected = None
        return self.selected not in (before, None)

    def may_tell(self, followed: str | None, since: datetime | None) -> bool:
        """Tell whether an agent that follows a session is to be told of ours.

        Not where what it follows was chosen later, at ``since``, by whomever; and in
        another's session only where ours was chosen later than that.
        """
        if self.selected is None:
            return False
        if followed is None:
            return True
        session, context = self.selected
        chosen = parse_date(context.since)
        replaced = session.replaces.session if session.replaces else None
        if followed in {session.id, replaced}:
            # Several pages can have chosen in one session, each a project of its own.
            return chosen is None or since is None or chosen >= since
        return chosen is not None and since is not None and chosen > since

    @property
    def is_chosen(self) -> bool:
        """Whether a person has chosen what is selected."""
        chosen = parse_date(self.selected[1].since) if self.selected else None
        return chosen is not None and chosen.timestamp() > 0

    def pass_over(self) -> None:
        """Forget a selection that nobody chose, as the kernel follows another session.

        A page that was merely opened tells of one. Else a new process of the kernel,
        which follows nobody yet, would go on as somebody else.
        """
        if self.selected and not self.is_chosen:
            self._passed_over.add(self.selected[0].id)
            self.selected = None

    def leave(self, session_id: str) -> None:
        """Serve that session no more."""
        self.sessions.pop(session_id, None)
        self._passed_over.discard(session_id)
        if self.selected and self.selected[0].id == session_id:
            self.selected = None

    def context(self, instance: str, *, settled: bool) -> Content | None:
        """Give what is selected, None where the selection isn't ours."""
        if self.selected is None:
            return None
        session, context = self.selected
        account = session.account.username if session.account else ""
        return protocol.context(instance, session.id, account, context, settled=settled)

    async def answer(self, request: TokenRequest) -> Content | None:
        """Give the answer, None where it is another holder's business."""
        session = self._session_for(request)
        if session is None or not await self.is_there():
            return None
        scopes = request.scopes or self._default_scopes(session)
        try:
            held = await session.get_token(scopes, request.min_ttl)
        except ProviderError as error:
            # What a sign-in or the passing of time can mend makes a cell wait.
            if error.remedy is Remedy.NONE:
                action = error.action
                if error.code == "consent_required":
                    action = f"{action.rstrip('.')}: {_consent_page(session)}"
                parts = error.code, error.message, action
                return protocol.error(request, session.id, *parts)
            return protocol.waiting(request, session.id, error.code)
        return protocol.token(request, session.id, scopes, held)

    def _session_for(self, request: TokenRequest) -> Session | None:
        if request.session is not None:
            return self.sessions.get(request.session)
        active = [
            one
            for one in self.sessions.values()
            if one.status is Status.ACTIVE and one.id not in self._passed_over
        ]
        return active[0] if len(active) == 1 else None

    def _default_scopes(self, session: Session) -> tuple[str, ...]:
        """Give what is selected: not always the cluster that the session began with."""
        if self.selected and self.selected[0] is session:
            return self.selected[1].scopes
        return session.connection.scopes


def _consent_page(session: Session) -> str:
    """Entra's page for administrators; see "Grant tenant-wide admin consent" there."""
    query = urlencode({"client_id": session.connection.client_id})
    return f"{session.connection.authority}/adminconsent?{query}"


def _is_older(context: Context, other: Context) -> bool:
    chosen, chosen_since = parse_date(context.since), parse_date(other.since)
    return chosen is not None and chosen_since is not None and chosen < chosen_since
