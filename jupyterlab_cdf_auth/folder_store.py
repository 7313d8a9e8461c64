"""Keeps sessions over a restart of the server, where the administrator wants that.

msal-extensions knows the vaults: the Keychain of macOS, DPAPI on Windows, the Secret
Service on Linux. Where there is none it is a file that only its owner can read.
"""

from __future__ import annotations

import os
import shlex
import threading
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from msal_extensions import build_encrypted_persistence
from msal_extensions.persistence import FilePersistence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from logging import Logger
    from pathlib import Path

    from msal_extensions.persistence import BasePersistence

    from .session_store import Place

_IN_FILE = ".session"
#: A sign of what is in the vault; on Windows it holds that, encrypted.
_IN_VAULT = ".vault"
_UNFINISHED = ".new"
_UNREADABLE = ".unreadable"

#: By the place that is used: where others can be, and what is said of them.
_ELSEWHERE = {
    "file": (
        _IN_VAULT,
        (
            "Kept sign-ins to CDF are not used (%s): they are in the system's vault, "
            "which this server cannot use (%s has their names). They stay for a start "
            "that can."
        ),
    ),
    "vault": (
        _IN_FILE,
        (
            "Kept sign-ins to CDF are not used (%s): they are in files of %s, and this "
            "server has the system's vault. They hold refresh tokens: delete them, "
            "unless the server is to run without the vault again."
        ),
    ),
}

_OTHERS = 0o077
_OTHERS_WRITE = 0o022


class FolderStore:
    """Keeps them in a folder of this user's, or in the vault with a sign there."""

    where: Place

    def __init__(self, folder: Path, log: Logger) -> None:
        """Take the folder. Raises OSError where another server has it, or can't be."""
        self._folder = folder
        self._log = log
        #: Held while one is written; what was signed out must not come back by a
        #: renewal that was under way.
        self._writing = threading.Lock()
        self._removed: set[str] = set()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_owner(folder)
        self._lock = FileLock(folder / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise OSError("another Jupyter server of yours keeps its there") from None
        vault = _usable_vault(folder / "trial")
        self._persistence: Any = vault or FilePersistence
        self.where = "vault" if vault else "file"
        self._suffix = _IN_VAULT if vault else _IN_FILE
        # Windows encrypts files; the other vaults write nothing into theirs.
        made = self._at(folder / "any")
        self._is_file = isinstance(made, FilePersistence)

    def load(self) -> Iterator[tuple[str, str]]:
        """Give the ids and texts of those that were kept; what is no text is set aside.

        What is out of reach stays, with a line in the log: a vault that can't be used
        now (no desktop, a locked keychain) may answer the next start.
        """
        self._drop_unfinished()
        self._tell_of_others()
        for path in sorted(self._folder.glob(f"*{self._suffix}")):
            id_ = path.name.removesuffix(self._suffix)
            try:
                if self._is_file:
                    self._protect(path)
                text = self._at(path).load()
            except UnicodeDecodeError as error:
                self.set_aside(id_, type(error).__name__)
            except Exception as error:  # noqa: BLE001 - vaults raise what they like
                self._log.error(
                    "A session of CDF that is kept cannot be reached (%s). Sign in "
                    "again meanwhile; %s stays for the next start of the server.",
                    *(type(error).__name__, path),
                )
            else:
                yield id_, text

    def save(self, id_: str, text: str) -> bool:
        """Keep ``text``, and tell whether it is kept.

        A crash in the middle leaves what was kept before. What goes wrong is in the
        log: the session itself goes on.
        """
        try:
            with self._writing:
                if id_ not in self._removed:
                    self._write(self._path(id_), text)
        except Exception as error:  # noqa: BLE001 - as above
            fault = type(error).__name__
            self._log.warning("A session of CDF could not be kept (%s).", fault)
            return False
        return True

    def remove(self, id_: str) -> None:
        """Keep it no more."""
        path = self._path(id_)
        try:
            with self._writing:
                self._removed.add(id_)
                self._forget(path)
        except Exception as error:  # noqa: BLE001 - as above
            fault = type(error).__name__
            self._log.error(
                "A session that was signed out is still kept (%s): delete %s.",
                *(fault, path),
            )

    def set_aside(self, id_: str, why: str) -> None:
        """Take away what was read and can't be used, and say so in the log.

        A file is left for a person to look at; in a vault nobody would find it.
        """
        path = self._path(id_)
        aside = path.with_suffix(_UNREADABLE)
        told = f"the file is now {aside}" if self._is_file else "the vault forgets it"
        self._log.error(
            "A session of CDF that was kept cannot be used (%s). Sign in again; %s.",
            *(why, told),
        )
        if not self._is_file:
            self.remove(id_)
            return
        try:
            path.replace(aside)
        except OSError as error:
            self._log.warning("It could not be renamed (%s).", type(error).__name__)

    def close(self) -> None:
        """Let another server have what is kept."""
        self._lock.release()

    def _write(self, path: Path, text: str) -> None:
        if not self._is_file:
            self._at(path).save(text)
            return
        fresh = path.with_suffix(_UNFINISHED)
        # It may be left of a full disk.
        fresh.unlink(missing_ok=True)
        self._at(fresh).save(text)
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.replace(path)

    def _forget(self, path: Path) -> None:
        if not self._is_file and path.exists():
            # A vault has no other way to forget.
            self._at(path).save("-")
        path.unlink(missing_ok=True)
        # Its refresh token may be the newest.
        path.with_suffix(_UNFINISHED).unlink(missing_ok=True)

    def _drop_unfinished(self) -> None:
        """Delete what a crash has left, with a refresh token in it."""
        try:
            for path in self._folder.glob(f"*{_UNFINISHED}"):
                path.unlink()
        except OSError as error:
            fault = type(error).__name__
            self._log.warning("Delete %s, which is left over (%s).", path, fault)

    def _tell_of_others(self) -> None:
        """Say what isn't used: since it was kept the vault came or went."""
        suffix, told = _ELSEWHERE[self.where]
        count = sum(1 for _ in self._folder.glob(f"*{suffix}"))
        if count:
            self._log.warning(told, count, self._folder)

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}{self._suffix}"

    def _at(self, path: Path) -> BasePersistence:
        made: BasePersistence = self._persistence(str(path))
        return made

    def _protect(self, path: Path) -> None:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & _OTHERS:
            path.chmod(0o600)
            self._log.warning(
                "Others could read %s, which holds a refresh token: sign out and in "
                "again if they may have.",
                path,
            )


def _usable_vault(path: Path) -> Callable[[str], BasePersistence] | None:
    """Try the vault with a sign at ``path``: on Linux most servers have none."""
    try:
        trial = build_encrypted_persistence(str(path))
        trial.save("trial")
        works = trial.load() == "trial"
    except Exception:  # noqa: BLE001 - whatever is missing there
        works = False
    path.unlink(missing_ok=True)
    return build_encrypted_persistence if works else None


def _check_owner(folder: Path) -> None:
    """Raise OSError where others can put a session of their making there."""
    if os.name != "posix":
        return
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise OSError(
            "it is another user's; name one of your own in c.CdfAuth.session_folder"
        )
    if found.st_mode & _OTHERS_WRITE:
        run = f"chmod go-w {shlex.quote(str(folder))}"
        raise OSError(f"others can write to it; run `{run}` and restart the server")
