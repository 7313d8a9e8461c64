"""JSON messages over a local socket, and the proof that both ends know the key.

Not `multiprocessing.connection`: its import costs a kernel more than all the rest of
the agent, it waits for silent strangers without end, and its proof differs between
versions of Python (MD5 up to 3.11, which some machines forbid).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
import socket
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from ._folder import LOCK

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue

    from ._fields import Content

#: Bytes of a message: more than the largest token and sentences take.
MAX_BYTES = 256 * 1024

_LENGTH = 4
_NONCE = 32


class Strange(Exception):  # noqa: N818 - an outcome of the proof, not a fault
    """The peer doesn't know the key."""


def greet(peer: socket.socket, key: bytes) -> None:
    """Let a child prove that it knows `key`, and prove it in turn.

    Raises `Strange`, and `OSError` or `EOFError` where it falls silent.
    """
    theirs = secrets.token_bytes(_NONCE)
    peer.sendall(theirs)
    ours = _read(peer, _NONCE)
    if not hmac.compare_digest(_read(peer, _NONCE), proof(key, b"child", theirs, ours)):
        raise Strange
    peer.sendall(proof(key, b"kernel", theirs, ours))


def introduce(peer: socket.socket, key: bytes) -> None:
    """Prove to a kernel that this process knows `key`; see `greet`."""
    ours, theirs = _read(peer, _NONCE), secrets.token_bytes(_NONCE)
    peer.sendall(theirs + proof(key, b"child", ours, theirs))
    expected = proof(key, b"kernel", ours, theirs)
    if not hmac.compare_digest(_read(peer, _NONCE), expected):
        raise Strange


def run(
    peer: socket.socket,
    outbox: SimpleQueue[Content | None],
    receive: Callable[[Content], None],
) -> None:
    """Send what is put and hand over what comes, until `peer` is gone.

    One that speaks no JSON is sent away. Whoever puts something never waits for `peer`.
    """
    writer = threading.Thread(target=_write, args=(peer, outbox), daemon=True)
    writer.start()
    try:
        with contextlib.suppress(OSError, EOFError, ValueError, RecursionError):
            while True:
                receive(_load(peer))
    finally:
        shut(peer)
        outbox.put(None)
        writer.join()


def shut(peer: socket.socket) -> None:
    """End both directions, so that whoever reads or writes wakes."""
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)


def _write(peer: socket.socket, outbox: SimpleQueue[Content | None]) -> None:
    with contextlib.suppress(OSError):
        while (message := outbox.get()) is not None:
            data = json.dumps(message).encode()
            peer.sendall(len(data).to_bytes(_LENGTH, "big") + data)
    shut(peer)


def _load(peer: socket.socket) -> Content:
    length = int.from_bytes(_read(peer, _LENGTH), "big")
    if length > MAX_BYTES:
        raise ValueError("The message is too long.")
    message = json.loads(_read(peer, length))
    if not isinstance(message, dict):
        raise ValueError("The message is no object.")  # noqa: TRY004 - as JSON's own
    return cast("Content", message)


def _read(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def proof(key: bytes, who: bytes, *nonces: bytes) -> bytes:
    """Give what only one who knows `key` can say to these nonces: HMAC-SHA256."""
    # No fork of ours is to come in the middle of it, for the reason below.
    with LOCK:
        return hmac.digest(key, who + b"".join(nonces), _sha256)


def _find_sha256() -> Callable[..., Any]:
    """Give Python's own SHA-256, OpenSSL's only where Python was built without it.

    OpenSSL has locks of its own. One that any thread holds when a process forks is held
    in the child for ever, and a child that needs it for its proof hangs.
    """
    # The module's name from Python 3.12 on, and before.
    for module in ("_sha2", "_sha256"):
        with contextlib.suppress(ImportError):
            return cast("Callable[..., Any]", import_module(module).sha256)
    return hashlib.sha256


#: The hash of the proofs.
SHA256 = _find_sha256()


def _sha256(data: bytes = b"") -> Any:  # noqa: ANN401 - as `hmac` has it
    # A function of ours: `hmac` takes a name or a constructor to OpenSSL first.
    return SHA256(data)
