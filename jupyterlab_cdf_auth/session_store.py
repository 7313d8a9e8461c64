"""Where sessions are kept over a restart of the server, if they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from logging import Logger
    from pathlib import Path

#: Where a session's refresh token is.
Place = Literal["memory", "vault", "file"]


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
        """Take away what was read and can't be used, and say so in the log."""

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


def open_store(folder: Path | None, log: Logger) -> SessionStore:
    """Give the store; where sessions can't be kept, the log says why."""
    if folder is None:
        return MemoryOnly()
    # It takes its time, and most servers keep nothing.
    from .folder_store import FolderStore  # noqa: PLC0415

    try:
        made = FolderStore(folder, log)
    except OSError as error:
        why = error.strerror or str(error)
        log.warning(
            "Sign-ins to CDF are not kept over a restart in %s: %s.", folder, why
        )
        return MemoryOnly()
    log.info("Sign-ins to CDF are kept over a restart, in a %s.", made.where)
    return made
