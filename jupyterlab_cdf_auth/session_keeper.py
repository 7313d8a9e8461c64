"""Keeps sessions in their store, in a thread of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .session import Session
    from .session_store import SessionStore

#: Seconds that a renewal waits for its new refresh token to be kept.
_KEPT_WITHIN = 5.0

#: Seconds for which a server that stops waits.
_CLOSED_WITHIN = 30.0


class SessionKeeper:
    """Does what there is to do one after the other, for as long as it takes.

    A vault may ask a person first. Nothing is given up meanwhile: a session that was
    signed out would be back after a restart. The thread is none of msal's, which can
    all be waiting for a provider; and no token waits long for a vault.
    """

    def __init__(self, store: SessionStore) -> None:
        """Write to ``store``."""
        self._store = store
        self._thread = ThreadPoolExecutor(1, "cdf-auth-store")
        self._pending: set[Future[None]] = set()

    def load(self) -> Iterable[tuple[str, str]]:
        """Give the ids and texts of those that were kept."""
        return self._store.load()

    def restored(self, session: Session) -> None:
        """Note of one that goes on that it is kept already."""
        session.kept = self._store.where

    def set_aside(self, id_: str, why: str) -> None:
        """Take away what was read and can't be used."""
        self._store.set_aside(id_, why)

    def save(self, session: Session) -> None:
        """Keep what there is to keep; called in a thread of msal's too."""
        record = session.record()
        if record is None or session.is_closed:
            return
        saving = self._begin(partial(self._save, session, record.as_text()))
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            # The refresh token that it replaces may be of no use any more.
            wait([saving], timeout=_KEPT_WITHIN)

    def remove(self, id_: str) -> None:
        """Keep it no more."""
        self._begin(partial(self._store.remove, id_))

    async def close(self) -> None:
        """Finish, and let another server have what is kept."""
        if self._pending:
            pending = [asyncio.wrap_future(one) for one in tuple(self._pending)]
            await asyncio.wait(pending, timeout=_CLOSED_WITHIN)
        self._thread.shutdown(wait=False)
        self._store.close()

    def _begin(self, work: Callable[[], None]) -> Future[None]:
        done = self._thread.submit(work)
        self._pending.add(done)
        done.add_done_callback(self._pending.discard)
        return done

    def _save(self, session: Session, text: str) -> None:
        if self._store.save(session.id, text):
            session.kept = self._store.where
