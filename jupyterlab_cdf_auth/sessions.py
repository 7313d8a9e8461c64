"""The sessions of this server, by the user of Jupyter who has started them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from .device_code_session import DeviceCodeSession
from .errors import CdfAuthError
from .models import is_id
from .oauth import OAuthClient
from .profiles.session import ProfileSession
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

#: Seconds for which a server that stops waits for a vault, which may ask a person.
_KEEP_WITHIN = 30.0


class Sessions:
    """A register of those that there are; `store` keeps what it can of them."""

    def __init__(
        self, settings: OAuthSettings, profiles: Profiles, store: SessionStore
    ) -> None:
        """Start with those that were kept; what can't be used is set aside."""
        self._settings = settings
        self._profiles = profiles
        self._store = store
        self._sessions: dict[str, Session] = {}
        self._starting: dict[str, int] = {}
        self._saving: set[asyncio.Future[None]] = set()
        #: One of its own: those of msal can all be waiting for a provider.
        self._store_thread = ThreadPoolExecutor(1, "cdf-auth-store")
        for id_, text in store.load():
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
        self._changed(session)

    def _register(self, session: Session) -> None:
        self._sessions[session.id] = session
        session.on_changed = self._changed

    def _changed(self, session: Session) -> None:
        """Keep what there is to keep; called in a thread of msal's too."""
        record = session.record()
        if record is None or session.is_closed:
            return
        save = partial(self._save, session, record.as_text())
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            save()
        else:
            self._off_loop(save)

    def _save(self, session: Session, text: str) -> None:
        if self._store.save(session.id, text):
            session.kept = self._store.where

    def _off_loop(self, work: Callable[[], None]) -> None:
        """Do it in a thread, each in its turn, for as long as it takes.

        A vault may ask a person first. And a session that was signed out would be back
        after a restart if its removal were given up.
        """
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(self._store_thread, work)
        self._saving.add(done)
        done.add_done_callback(self._saving.discard)

    def _restore(self, id_: str, text: str) -> None:
        try:
            session = self._restored(id_, SessionRecord.read(text))
        except (Unusable, CdfAuthError) as error:
            self._store.set_aside(id_, str(error))
            return
        session.id = id_
        session.kept = self._store.where
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
        self._off_loop(partial(self._store.remove, id_))

    async def close(self) -> None:
        """Forget everything that isn't kept; the server stops."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        if self._saving:
            await asyncio.wait(tuple(self._saving), timeout=_KEEP_WITHIN)
        self._store_thread.shutdown(wait=False)
        self._store.close()


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
