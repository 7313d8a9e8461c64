"""A vault that takes its time, since it asks a person first."""

import asyncio
import threading
from types import SimpleNamespace

from support.patience import LIMIT, until

from jupyterlab_cdf_auth import session_keeper
from jupyterlab_cdf_auth.session_keeper import SessionKeeper
from jupyterlab_cdf_auth.session_store import MemoryOnly


class Vault(MemoryOnly):
    """Takes what it is given once somebody has unlocked it."""

    where = "vault"

    def __init__(self):
        self.unlocked = threading.Event()
        self.texts = []

    def save(self, _id, text):
        assert self.unlocked.wait(LIMIT)
        self.texts.append(text)
        return True


def session(text):
    record = SimpleNamespace(as_text=lambda: text)
    return SimpleNamespace(
        id="s", kept="memory", is_closed=False, record=lambda: record
    )


async def test_a_renewal_does_not_wait_for_a_person(monkeypatch):
    monkeypatch.setattr(session_keeper, "_KEPT_WITHIN", 0.1)
    vault = Vault()
    keeper = SessionKeeper(vault)
    first, second = session("first"), session("second")
    # As msal's thread does it, whose token a kernel waits for; then as the loop does.
    await asyncio.to_thread(keeper.save, first)
    keeper.save(second)
    assert (vault.texts, first.kept) == ([], "memory")
    vault.unlocked.set()
    await until(lambda: second.kept == "vault")
    assert (vault.texts, first.kept) == (["first", "second"], "vault")
    await keeper.close()


async def test_a_renewal_waits_for_a_store_that_is_quick():
    vault = Vault()
    vault.unlocked.set()
    keeper = SessionKeeper(vault)
    await asyncio.to_thread(keeper.save, session("newest"))
    assert vault.texts == ["newest"]
    await keeper.close()
