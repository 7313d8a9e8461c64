"""The sessions of this server, by the user of Jupyter who has started them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .device_code_session import DeviceCodeSession
from .errors import CdfAuthError
from .models import is_id
from .oauth import OAuthClient
from .profiles.session import ProfileSession
from .session_keeper import SessionKeeper
from .session_record import SessionRecord, Unusable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .models import Connection, Replaced
    from .oauth_settings import OAuthSettings
    from .profiles.catalogue import Profiles
    from .session import Session
    from .session_store import SessionStore

#: Of one user, those that have failed included.
MAX_SESSIONS = 20


class Sessions:
    """A register of those that there are; `store` keeps what it can of them."""

    def __init__(
        self, settings: OAuthSettings, profiles: Profiles, store: SessionStore
    ) -> None:
        """Start with those that were kept; what can't be used is set aside."""
        self._settings = settings
        self._profiles = profiles
        self._keeper = SessionKeeper(store)
        self._sessions: dict[str, Session] = {}
        self._starting: dict[str, int] = {}
        for id_, text in self._keeper.load():
            self._restore(id_, text)

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
            "The Jupyter server has no such session; a restart may have ended it.",
            "Sign in again.",
        )

    async def start(
        self,
        user: str,
        connection: Connection,
        renewed: str | None,
        replaces: Replaced | None = None,
    ) -> Session:
        """Ask for a device code, for a new session or to renew one.

        One can be renewed that has ended, also while another code for that is out. A
        new one can take the place of a page's, which ``replaces`` describes.

        Raises CdfAuthError: ``authority_not_allowed``, ``no_session``,
        ``not_ended``, ``too_many_sessions``, or what the provider says.
        """
        client = self._client_for(connection)
        if renewed is not None:
            session = self.get(user, renewed)
            if not (isinstance(session, DeviceCodeSession) and session.can_be_renewed):
                raise _not_ended()
            await session.begin(client, connection)
            return session
        session = DeviceCodeSession(user, connection, self._settings.clock)
        session.replaces = replaces
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
        fitted = self._profiles.fit(profile, connection)
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
        self._register(session)
        # It may have begun to go on before it was registered.
        self._keeper.save(session)

    def _register(self, session: Session) -> None:
        self._sessions[session.id] = session
        session.on_changed = self._keeper.save

    def _restore(self, id_: str, text: str) -> None:
        try:
            session = self._restored(id_, SessionRecord.read(text))
        except (Unusable, CdfAuthError) as error:
            self._keeper.set_aside(id_, str(error))
            return
        session.id = id_
        self._keeper.restored(session)
        self._register(session)

    def _restored(self, id_: str, record: SessionRecord) -> Session:
        if not is_id(id_):
            raise Unusable("its name is none of a session")
        clock, connection = self._settings.clock, record.connection
        if record.profile is not None:
            profile = self._profiles.get(record.user, record.profile)
            fitted = self._profiles.fit(profile, connection)
            held = ProfileSession(record.user, profile, fitted, clock)
            held.resume()
            return held
        if record.account is None:
            raise Unusable("it is nobody's")
        session = DeviceCodeSession(record.user, connection, clock)
        session.resume(self._client_for(connection, record.cache), record.account)
        return session

    def _client_for(
        self, connection: Connection, cache: str | None = None
    ) -> OAuthClient:
        authority = self._settings.authorities.check(connection.authority)
        client_id = connection.client_id
        return OAuthClient(
            self._settings, authority=authority, client_id=client_id, cache=cache
        )

    def end(self, user: str, id_: str) -> None:
        """Call off or sign out. Raises CdfAuthError ``no_session``."""
        session = self.get(user, id_)
        del self._sessions[id_]
        session.close()
        self._keeper.remove(id_)

    async def close(self) -> None:
        """Forget everything that isn't kept; the server stops."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        await self._keeper.close()


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
