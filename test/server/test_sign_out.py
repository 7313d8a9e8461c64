"""A sign-out of a session that is kept, while the server has much to wait for."""

import asyncio
import logging
import threading

from support.patience import LIMIT, until

from jupyterlab_cdf_auth.authorities import Authorities
from jupyterlab_cdf_auth.blocking import Blocking
from jupyterlab_cdf_auth.bounded_http import Trust
from jupyterlab_cdf_auth.clock import SystemClock
from jupyterlab_cdf_auth.models import Connection
from jupyterlab_cdf_auth.oauth_settings import OAuthSettings
from jupyterlab_cdf_auth.profiles.catalogue import Profiles
from jupyterlab_cdf_auth.session_record import SessionRecord
from jupyterlab_cdf_auth.session_store import MemoryOnly
from jupyterlab_cdf_auth.sessions import Sessions
from jupyterlab_cdf_auth.sign_in_answers import Account

#: Threads for msal, and more than any server has of them.
THREADS, REQUESTS = 4, 8


class Kept(MemoryOnly):
    """Holds one session, and the thread that is to remove it until it may."""

    where = "file"

    def __init__(self):
        self.ids = ["server-1"]
        self.may_remove = threading.Event()

    def load(self):
        connection = Connection(
            label="Contoso",
            tenant="t",
            client_id="c",
            cluster="api",
            base_url="https://api.cognitedata.com",
            authority="https://login.microsoftonline.com/t",
            scopes=("https://api.cognitedata.com/.default",),
        )
        account = Account("Bob", "bob@contoso.test", ("issuer", "subject"))
        yield self.ids[0], SessionRecord("", connection, account, "{}").as_text()

    def remove(self, id_):
        assert self.may_remove.wait(LIMIT)
        self.ids.remove(id_)


def sessions_of(store, blocking):
    authorities = Authorities([], [], logging.getLogger())
    settings = OAuthSettings(authorities, Trust(""), 10, blocking, SystemClock())
    return Sessions(settings, Profiles([], []), store)


async def test_it_lasts_where_every_request_hangs():
    store, blocking = Kept(), Blocking()
    store.may_remove.set()
    sessions = sessions_of(store, blocking)
    hanging, provider = threading.Semaphore(0), threading.Event()

    def ask():
        hanging.release()
        provider.wait(LIMIT)

    requests = [
        asyncio.ensure_future(blocking.run(ask, LIMIT)) for _ in range(REQUESTS)
    ]
    for _ in range(THREADS):
        await asyncio.to_thread(hanging.acquire, timeout=LIMIT)
    try:
        sessions.end("", "server-1")
        await until(lambda: store.ids == [], LIMIT / 3)
    finally:
        provider.set()
        await asyncio.gather(*requests)
        await blocking.close()


async def test_a_server_that_stops_waits_for_it():
    store, blocking = Kept(), Blocking()
    sessions = sessions_of(store, blocking)
    sessions.end("", "server-1")
    closing = asyncio.ensure_future(sessions.close())
    done, _ = await asyncio.wait([closing], timeout=0.1)
    assert (done, store.ids) == (set(), ["server-1"])
    store.may_remove.set()
    await closing
    assert store.ids == []
    await blocking.close()
