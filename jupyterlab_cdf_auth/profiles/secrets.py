"""Where an application's secret comes from: a file, or a variable of the server."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .faults import fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_cdf_auth.provider_errors import ProviderError

_MAX_BYTES = 10_000

#: Others than the owner and the group may read or change it.
_OPEN_TO_ALL = 0o006

# Whatever a provider can have made up, but nothing that no form could hold.
_TEXT = re.compile(r"[^\x00-\x1f\x7f]+")


class Secret(Protocol):
    """A secret, read when it is needed: it may have been replaced."""

    #: How it is replaced, for a person.
    replace: str

    def read(self) -> str:
        """Return it. Raises ProviderError where it can't be used."""


class FileSecret:
    """The content of a file, without the line's end."""

    def __init__(self, path: str, what: str) -> None:
        """Read ``path`` later; ``what`` it is, for messages ("secret of …")."""
        self._path = Path(path).expanduser()
        self._what = what
        self.replace = f"put it into {self._path}; nothing needs to be restarted."

    def read(self) -> str:
        """Return it. Raises ProviderError where it can't be used."""
        content = read_private(self._path, self._what)
        try:
            text = content.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            text = ""
        if not text.strip():
            raise self._unusable("is no text" if content.strip() else "is empty")
        if not _TEXT.fullmatch(text):
            raise self._unusable("has several lines, or control characters")
        return text

    def _unusable(self, why: str) -> ProviderError:
        return fault(
            "secret_unusable",
            f"The file with the {self._what} {why}.",
            f"Put the secret alone into {self._path}.",
        )


class VariableSecret:
    """What an environment variable held when the server started."""

    def __init__(self, name: str, environ: Mapping[str, str], what: str) -> None:
        """Keep what is in ``environ`` under ``name``."""
        self._value = environ.get(name, "")
        self._name = name
        self._what = what
        self.replace = f"set the variable {name} and restart the Jupyter server."

    def read(self) -> str:
        """Return it. Raises ProviderError where there was none."""
        if not _TEXT.fullmatch(self._value):
            how = "is not one line of text" if self._value else "was not set"
            raise fault(
                "secret_unusable",
                f"The variable {self._name} with the {self._what} {how} "
                "when the Jupyter server started.",
                f"Set {self._name}, better a file, and restart the Jupyter server.",
            )
        return self._value

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"<VariableSecret {self._name}>"


def read_private(path: Path, what: str) -> bytes:
    """Read a small file that others must not be able to read.

    Raises ProviderError: missing, too big, not readable, or readable for everybody.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise fault(
            "secret_missing",
            f"The file with the {what} is not there.",
            f"Make {path}, or correct the profile in the server's configuration.",
        ) from None
    except (OSError, ValueError) as error:
        raise fault(
            "secret_unusable",
            f"The file with the {what} cannot be read ({type(error).__name__}).",
            f"Let the user that the Jupyter server runs as read {path}.",
        ) from None
    # Windows has other ways to say who may read a file.
    if os.name == "posix" and mode & _OPEN_TO_ALL:
        raise fault(
            "secret_exposed",
            f"Everybody on this machine can read or change the file with the {what}.",
            f"Run: chmod o-rwx {path}",
        )
    if len(content) > _MAX_BYTES:
        raise fault(
            "secret_unusable",
            f"The file with the {what} is too big for one.",
            f"Check what {path} is.",
        )
    return content
