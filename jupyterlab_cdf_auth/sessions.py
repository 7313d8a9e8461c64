"""The sessions of this server, by the user of Jupyter who has started them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .device_code_session import DeviceCodeSession
from .errors import CdfAuthError
from .oauth import OAuthClient
from .profiles.session import ProfileSession
from .session import Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .models import Connection
    from .oauth_settings import OAuthSettings
    from .profiles.catalogue import Profiles
    from .session import Session

#: Of one user, those that have failed included.
MAX_SESSIONS = 20


class Sessions:
    """A store in memory: a server that is restarted has forgotten all of them."""

    def __init__(self, settings: OAuthSettings, profiles: Profiles) -> None:
        """Start without any."""
        self._settings = settings
        self._profiles = profiles
        self._sessions: dict[str, Session] = {}
        self._starting: dict[str, int] = {}

    def of(self, user: str) -> list[Session]:
        """Give the sessions of a user, in the order of their starts."""
        for session in [one for one in self._sessions.values() if one.is_forgotten]:
            del self._sessions[session.id]
        return [one for one in self._sessions.values() if one.user == user]

    def get(self, user: str, id_: str) -> Session:
        """Give one. Raises CdfAuthError ``no_session``, also for another user's."""
        for session in self.of(user):
            if session.id == id_:
                return session
        raise CdfAuthError(
            404,
            "no_session",
            "The Jupyter server has no such session; a restart forgets them all.",
            "Sign in again.",
        )

    async def start(
        self, user: str, connection: Connection, renewed: str | None
    ) -> Session:
        """Ask for a device code, for a new session or one that has ended.

        Raises CdfAuthError: ``authority_not_allowed``, ``no_session``,
        ``not_ended``, ``too_many_sessions``, or what the provider says.
        """
        authority = self._settings.authorities.check(connection.authority)
        client = OAuthClient(
            self._settings, authority=authority, client_id=connection.client_id
        )
        if renewed is not None:
            session = self.get(user, renewed)
            if session.status is not Status.ENDED or not isinstance(
                session, DeviceCodeSession
            ):
                raise _not_ended()
            await session.begin(client, connection)
            return session
        session = DeviceCodeSession(user, connection, self._settings.clock)
        await self._begin(session, lambda: session.begin(client, connection))
        return session

    async def use_profile(
        self, user: str, name: str, connection: Connection
    ) -> Session:
        """Start a session of a profile for the cluster of ``connection``.

        Raises CdfAuthError: ``no_profile``, ``cluster_not_allowed``,
        ``too_many_sessions``, or why there is no token to be had.
        """
        profile = self._profiles.get(user, name)
        fitted = self._profiles.fit(connection)
        session = ProfileSession(user, profile, fitted, self._settings.clock)
        await self._begin(session, session.begin)
        return session

    async def _begin(
        self, session: Session, begin: Callable[[], Awaitable[None]]
    ) -> None:
        user = session.user
        begun = self._starting.get(user, 0)
        if len(self.of(user)) + begun >= MAX_SESSIONS:
            raise _too_many()
        self._starting[user] = begun + 1
        try:
            await begin()
        finally:
            self._starting[user] -= 1
        self._sessions[session.id] = session

    def end(self, user: str, id_: str) -> None:
        """Call off or sign out. Raises CdfAuthError ``no_session``."""
        session = self.get(user, id_)
        del self._sessions[id_]
        session.close()

    def close(self) -> None:
        """Forget everything; the server stops."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()


def _not_ended() -> CdfAuthError:
    return CdfAuthError(
        409,
        "not_ended",
        "This session needs no new sign-in.",
        "Sign out first, or start another session.",
    )


def _too_many() -> CdfAuthError:
    return CdfAuthError(
        429,
        "too_many_sessions",
        f"There are {MAX_SESSIONS} sessions on the Jupyter server already.",
        "Sign out of some that you don't need.",
    )
