"""Where a kernel and its child processes meet: a folder that only their user can open.

It holds a key, and the socket; on Windows, which has no such sockets for Python, the
number of a port of the machine itself, where the key alone keeps strangers out. Child
processes find it by an environment variable, which is no secret.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

from .errors import ParentGone, ParentRefused

#: Held while this process forks, and wherever a descriptor comes or goes. A forked
#: child must close all of them, or others would never see that the kernel has ended.
#: Held too where OpenSSL may be at work: see `_wire`.
LOCK = threading.RLock()

VARIABLE = "CDF_AUTH_PARENT"

_KEY = "key"
_SOCKET = "socket"
_PORT = "port"

#: macOS takes 103 bytes, Linux 107; its temporary folders are long.
_MAX_PATH = 103
_HOST = "127.0.0.1"
_BACKLOG = 128


class Meeting(NamedTuple):
    """The kernel's side of it."""

    folder: Path
    key: bytes
    listener: socket.socket


def inherited() -> str | None:
    """Give the folder of the kernel that this process is a child of, if it is one.

    Not that of this very process, where the package has been imported anew.
    """
    folder = os.environ.get(VARIABLE)
    return None if not folder or Path(folder).name.startswith(_prefix()) else folder


def make() -> Meeting:
    """Make the folder and listen in it. Raises `OSError`."""
    folder = _make_folder()
    try:
        key = secrets.token_bytes(32)
        _write(folder / _KEY, key)
        return Meeting(folder, key, _listen(folder))
    except BaseException:
        remove(folder)
        raise


def remove(folder: Path) -> None:
    """Remove the folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def connect(folder: str) -> socket.socket:
    """Connect to the kernel whose folder it is, and prove to belong to it.

    Raises `ParentGone` or `ParentRefused`.
    """
    with LOCK:
        # Most kernels have no children: they are spared the import. A fork in the
        # middle of one would leave it unfinished for ever.
        from . import _wire  # noqa: PLC0415
    try:
        key = Path(folder, _KEY).read_bytes()
        peer = reach(Path(folder))
        try:
            _wire.introduce(peer, key)
        except BaseException:
            peer.close()
            raise
    except (PermissionError, _wire.Strange) as error:
        raise ParentRefused from error
    except (OSError, EOFError, ValueError) as error:
        raise ParentGone from error
    return peer


def reach(folder: Path) -> socket.socket:
    """Connect, and say nothing yet. Raises `OSError`, or `ValueError` on Windows."""
    family = getattr(socket, "AF_UNIX", None)
    peer = socket.socket() if family is None else socket.socket(family)
    try:
        if family is None:
            peer.connect((_HOST, int((folder / _PORT).read_bytes())))
        else:
            peer.connect(str(folder / _SOCKET))
    except BaseException:
        peer.close()
        raise
    return peer


def _prefix() -> str:
    return f"cdf-auth-{os.getpid()}-"


def _make_folder() -> Path:
    for place in (None, os.environ.get("XDG_RUNTIME_DIR"), "/tmp"):  # noqa: S108
        with contextlib.suppress(OSError):
            # Nobody else can open it, wherever it lies.
            folder = Path(tempfile.mkdtemp(prefix=_prefix(), dir=place))
            if len(os.fsencode(folder / _SOCKET)) <= _MAX_PATH:
                return folder
            folder.rmdir()
    raise OSError("There is no place for a socket.")


def _listen(folder: Path) -> socket.socket:
    # `getattr`: to a type checker one of the two ways is always dead code.
    family = getattr(socket, "AF_UNIX", None)
    if family is None:
        listener = socket.socket()
        listener.bind((_HOST, 0))
        _write(folder / _PORT, str(listener.getsockname()[1]).encode())
    else:
        listener = socket.socket(family)
        listener.bind(str(folder / _SOCKET))
        (folder / _SOCKET).chmod(0o600)
    listener.listen(_BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the signature of `socket`
    return listener


def _write(file: Path, content: bytes) -> None:
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as stream:
        stream.write(content)
