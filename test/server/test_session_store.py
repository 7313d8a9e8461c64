"""The store of kept sessions by itself: crashes, full disks, vaults, other users."""

import logging
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.demo_process import ROOT

from jupyterlab_cdf_auth.folder_store import FolderStore
from jupyterlab_cdf_auth.session_store import MemoryOnly, open_store

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="of Windows' vault nothing is known"
)

LOG = logging.getLogger("test_session_store")


class Vault:
    """Plays a vault that writes nothing into the file that is its sign."""

    def __init__(self):
        self.entries = {}
        self.is_there = False
        self.locked = set()

    def __call__(self, path):
        return VaultEntry(self, Path(path))


class VaultEntry:
    def __init__(self, vault, sign):
        if not vault.is_there:
            raise RuntimeError("no D-Bus")
        self._vault = vault
        self._sign = sign

    def save(self, text):
        self._vault.entries[self._sign.stem] = text
        self._sign.touch()

    def load(self):
        if self._sign.stem in self._vault.locked:
            raise OSError("the keychain is locked")
        return self._vault.entries[self._sign.stem]


@pytest.fixture(autouse=True)
def vault(monkeypatch):
    made = Vault()
    monkeypatch.setattr(
        "jupyterlab_cdf_auth.folder_store.build_encrypted_persistence", made
    )
    return made


@pytest.fixture
def opened(tmp_path):
    """Open the store as the next server does."""
    stores = []

    def run():
        if stores:
            stores[-1].close()
        stores.append(FolderStore(tmp_path, LOG))
        return stores[-1]

    yield run
    stores[-1].close()


CRASH = """
import logging, os, pathlib, signal, sys
from jupyterlab_cdf_auth.folder_store import FolderStore
store = FolderStore(pathlib.Path(sys.argv[1]), logging.getLogger())
store.save("one", "first")
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
store.save("one", "second")
"""


def test_a_crash_in_the_middle_of_writing_loses_nothing(tmp_path, opened):
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "one.new").exists()
    store = opened()
    assert list(store.load()) == [("one", "first")]
    assert not (tmp_path / "one.new").exists()
    store.save("one", "third")
    assert list(opened().load()) == [("one", "third")]


def test_a_renewal_under_way_does_not_bring_back_what_was_removed(opened):
    store = opened()
    store.save("one", "text")
    store.remove("one")
    store.save("one", "text")
    assert list(store.load()) == []


def test_a_full_disk_is_said_and_costs_nothing_else(
    tmp_path, opened, monkeypatch, caplog
):
    store = opened()
    store.save("one", "first")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    store.save("one", "second")
    assert "could not be kept" in caplog.text
    assert "second" not in caplog.text
    # Signing out takes along what was half written.
    assert "second" in (tmp_path / "one.new").read_text()
    store.remove("one")
    assert [file.name for file in tmp_path.iterdir()] == ["lock"]


def test_a_file_that_others_could_read_is_closed_again(tmp_path, opened, caplog):
    store = opened()
    store.save("one", "text")
    file = tmp_path / "one.session"
    file.chmod(0o644)
    assert list(store.load()) == [("one", "text")]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Others could read" in caplog.text


def test_a_file_that_is_no_text_is_set_aside(tmp_path, opened, caplog):
    store = opened()
    (tmp_path / "one.session").write_bytes(b"\xff\xfe")
    store.save("two", "text")
    assert list(store.load()) == [("two", "text")]
    assert (tmp_path / "one.unreadable").read_bytes() == b"\xff\xfe"
    assert "Sign in again" in caplog.text


def test_a_file_that_cannot_be_read_now_stays(tmp_path, opened, caplog):
    store = opened()
    # Root may read everything, but no folder is a file.
    (tmp_path / "one.session").mkdir(mode=0o700)
    store.save("two", "text")
    assert list(store.load()) == [("two", "text")]
    assert (tmp_path / "one.session").exists()
    assert "cannot be reached" in caplog.text


def test_starts_with_and_without_the_vault_cost_nothing(
    tmp_path, opened, vault, caplog
):
    vault.is_there = True
    store = opened()
    assert store.where == "vault"
    store.save("one", "first")

    vault.is_there = False
    store = opened()
    assert store.where == "file"
    assert list(store.load()) == []
    assert "not used (1): they are in the system's vault" in caplog.text
    store.save("two", "second")

    vault.is_there = True
    assert list(opened().load()) == [("one", "first")]
    assert f"not used (1): they are in files of {tmp_path}" in caplog.text
    vault.is_there = False
    assert list(opened().load()) == [("two", "second")]
    assert list(tmp_path.glob("*.unreadable")) == []
    assert "second" not in caplog.text


def test_an_entry_that_the_vault_withholds_stays(tmp_path, opened, vault, caplog):
    vault.is_there = True
    store = opened()
    store.save("one", "first")
    store.save("two", "second")
    vault.locked.add("one")
    assert list(opened().load()) == [("two", "second")]
    assert "cannot be reached (OSError)" in caplog.text
    assert str(tmp_path / "one") in caplog.text
    # Its sign is empty: others may see it.
    assert "Others could read" not in caplog.text
    vault.locked.clear()
    assert list(opened().load()) == [("one", "first"), ("two", "second")]


def test_what_the_vault_gave_and_is_of_no_use_is_cleared(opened, vault, caplog):
    vault.is_there = True
    store = opened()
    store.save("one", "first")
    store.set_aside("one", "it is not whole")
    assert vault.entries["one"] == "-"
    assert list(opened().load()) == []
    assert "it is not whole" in caplog.text


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_to_is_not_used(tmp_path, caplog, mode):
    tmp_path.chmod(mode)
    assert isinstance(open_store(tmp_path, LOG), MemoryOnly)
    assert f"run `chmod go-w {tmp_path}`" in caplog.text
    assert list(tmp_path.iterdir()) == []
    tmp_path.chmod(mode & ~0o022)
    open_store(tmp_path, LOG).close()
    assert (tmp_path / "lock").exists()


def test_a_folder_of_another_user_is_not_used(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("os.geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert isinstance(open_store(tmp_path, LOG), MemoryOnly)
    assert "another user's" in caplog.text
    assert "c.CdfAuth.session_folder" in caplog.text
