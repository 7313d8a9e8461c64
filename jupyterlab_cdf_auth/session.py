"""One sign-in, which lives in this server's memory."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, Any

from .credentials import Credentials
from .provider_errors import ProviderError, sign_in_required

if TYPE_CHECKING:
    from collections.abc import Callable

    from .access_token import AccessToken
    from .clock import Clock
    from .models import Connection, Context, Replaced
    from .session_record import SessionRecord
    from .session_store import Place
    from .sign_in_answers import Account


class Status(Enum):
    """Where a session is in its life."""

    PENDING = "pending"
    ACTIVE = "active"
    #: Only the same person's sign-in brings it back.
    ENDED = "ended"
    #: It never began.
    FAILED = "failed"


class Session(ABC):
    """A session; see docs/server-api.md."""

    def __init__(self, user: str, connection: Connection, clock: Clock) -> None:
        """Make one that waits, for a user of this Jupyter server."""
        self.id = f"server-{secrets.token_hex(12)}"
        self.user = user
        self.connection = connection
        #: The session of a page that this one is to replace, if there is one.
        self.replaces: Replaced | None = None
        self.account: Account | None = None
        self.status = Status.PENDING
        self.problem: ProviderError | None = None
        self._clock = clock
        self._credentials = Credentials(self._fetch, clock)
        #: Told in any thread when there is something else to be kept.
        self.on_changed: Callable[[Session], None] = lambda _: None
        #: Where what goes on after a restart is.
        self.kept: Place = "memory"
        #: Whether it was signed out, or called off.
        self.is_closed = False

    @property
    def is_forgotten(self) -> bool:
        """Whether it needn't be shown any more."""
        return False

    def close(self) -> None:
        """Forget everything: called off, or signed out."""
        self.is_closed = True
        self._credentials.clear()
        self.problem = sign_in_required()
        self.status = Status.ENDED

    def adapt(self, context: Context) -> Context:
        """Give what kernels are told where a page has chosen ``context``.

        Raises CdfAuthError where this session is not for that.
        """
        return context

    def narrow(self, inspection: dict[str, Any]) -> dict[str, Any]:
        """Give what a page is told of CDF's answer about this session's token.

        Raises CdfAuthError where nothing of it is left.
        """
        return inspection

    async def get_token(
        self, scopes: tuple[str, ...], min_ttl: float | None = None
    ) -> AccessToken:
        """Give a token. Raises ProviderError; one that ends the session is kept."""
        if self.status is not Status.ACTIVE:
            raise self.problem or sign_in_required("The sign-in is not finished yet.")
        return await self._credentials.get(scopes, min_ttl)

    def as_json(self, kernels: int) -> dict[str, Any]:
        """Return what a page is told; never a token."""
        account = self.account
        return {
            "id": self.id,
            "status": self.status.value,
            "connection": self.connection.as_json(),
            "account": account and {"name": account.name, "username": account.username},
            "device": None,
            "profile": None,
            "problem": self.problem and self.problem.as_json(),
            "kept": self.kept,
            "kernels": kernels,
            "replaces": self.replaces and self.replaces.session,
        }

    def record(self) -> SessionRecord | None:
        """Give what goes on after a restart of the server; None while nothing does."""
        return None

    @abstractmethod
    async def _fetch(self, scopes: tuple[str, ...]) -> AccessToken:
        """Fetch a token from the provider. Raises ProviderError."""
