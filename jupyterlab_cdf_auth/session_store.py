"""Keeps sessions over a restart of the server, where the administrator wants that.

msal-extensions knows the vaults: the Keychain of macOS, DPAPI on Windows, the Secret
Service on Linux. Where there is none it is a file that only its owner can read.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Literal, Protocol

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from logging import Logger
    from pathlib import Path

    from msal_extensions.persistence import BasePersistence

#: Where a session's refresh token is.
Place = Literal["memory", "vault", "file"]

_SUFFIX = ".session"
_UNREADABLE = ".unreadable"
_OTHERS = 0o077


class SessionStore(Protocol):
    """Keeps one text for each session. Its methods may be called in any thread."""

    where: Place

    def load(self) -> Iterator[tuple[str, str]]:
        """Give the ids and texts of those that were kept."""

    def save(self, id_: str, text: str) -> bool:
        """Keep ``text`` in the place of what was kept before; tell whether it is."""

    def remove(self, id_: str) -> None:
        """Keep it no more."""

    def set_aside(self, id_: str, why: str) -> None:
        """Leave what can't be used for a person to look at, and say so in the log."""

    def close(self) -> None:
        """Let another server have what is kept."""


class MemoryOnly:
    """Keeps nothing: the sessions are in the server's memory."""

    where: Place = "memory"

    def load(self) -> Iterator[tuple[str, str]]:
        """Give none."""
        return iter(())

    def save(self, id_: str, text: str) -> bool:  # noqa: ARG002 - the port's names
        """Do nothing."""
        return False

    def remove(self, id_: str) -> None:
        """Do nothing."""

    def set_aside(self, id_: str, why: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class FolderStore:
    """Keeps them in a folder of this user's, or in the vault with a sign there."""

    where: Place

    def __init__(self, folder: Path, log: Logger) -> None:
        """Take the folder. Raises OSError where another server has it, or can't be."""
        # It takes its time, and most servers keep nothing.
        from msal_extensions.persistence import FilePersistence  # noqa: PLC0415

        self._folder = folder
        self._log = log
        #: Held while one is written; what was signed out must not come back by a
        #: renewal that was under way.
        self._writing = threading.Lock()
        self._removed: set[str] = set()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(folder / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise OSError("another Jupyter server of yours keeps its there") from None
        self._persistence: Any = FilePersistence
        self.where = "file"
        if self._has_vault():
            from msal_extensions import build_encrypted_persistence  # noqa: PLC0415

            self._persistence = build_encrypted_persistence
            self.where = "vault"
        # Windows encrypts files; the other vaults write nothing into theirs.
        made = self._at(folder / "any")
        self._is_file = isinstance(made, FilePersistence)

    def load(self) -> Iterator[tuple[str, str]]:
        """Give the ids and texts of those that were kept; others are set aside."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            id_ = path.name.removesuffix(_SUFFIX)
            try:
                self._protect(path)
                text = self._at(path).load()
            except Exception as error:  # noqa: BLE001 - vaults raise what they like
                self.set_aside(id_, type(error).__name__)
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
                if not self._is_file and path.exists():
                    # A vault has no other way to forget.
                    self._at(path).save("-")
                path.unlink(missing_ok=True)
        except Exception as error:  # noqa: BLE001 - as above
            fault = type(error).__name__
            self._log.error(
                "A session that was signed out is still kept (%s): delete %s.",
                *(fault, path),
            )

    def set_aside(self, id_: str, why: str) -> None:
        """Leave what can't be used for a person to look at, and say so in the log."""
        path = self._path(id_)
        aside = path.with_suffix(_UNREADABLE)
        self._log.error(
            "A session of CDF that was kept cannot be used (%s). Sign in again; "
            "the file is now %s.",
            *(why, aside),
        )
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
        fresh = path.with_suffix(".new")
        # It may be left of a crash, with another's permissions.
        fresh.unlink(missing_ok=True)
        self._at(fresh).save(text)
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.replace(path)

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}{_SUFFIX}"

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

    def _has_vault(self) -> bool:
        """Try it: on Linux most servers have none."""
        from msal_extensions import build_encrypted_persistence  # noqa: PLC0415

        path = self._folder / "trial"
        try:
            vault = build_encrypted_persistence(str(path))
            vault.save("trial")
            works = bool(vault.load() == "trial")
        except Exception:  # noqa: BLE001 - whatever is missing there
            works = False
        path.unlink(missing_ok=True)
        return works


def open_store(folder: Path | None, log: Logger) -> SessionStore:
    """Give the store; where sessions can't be kept, the log says why."""
    if folder is None:
        return MemoryOnly()
    try:
        made = FolderStore(folder, log)
    except OSError as error:
        why = error.strerror or str(error)
        log.warning(
            "Sign-ins to CDF are not kept over a restart: %s (%s).", why, folder
        )
        return MemoryOnly()
    log.info("Sign-ins to CDF are kept over a restart, in a %s.", made.where)
    return made
