"""The messages between a kernel and the holder of a session, version 1.

Pure: it reads and builds what `docs/protocol.md` says, and knows no transport.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from ._fields import (
    Refusal,
    malformed,
    parse_date,
    scopes,
    seconds,
    text,
    text_or_none,
    texts,
    time,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ._fields import Content

VERSION = 1

#: The key of our content in `comm_info_request` and in its reply.
CONTENT_KEY = "cdf_auth"

#: The fixed comm id of questions.
COMM_ID = "cdf-auth"

#: Seconds after which a holder ignores a question that a server has replayed.
QUESTION_TIMEOUT = 60

_MAX_VERSION = 1000
_MAX_URL = 2048
_MAX_SENTENCE = 8192
_MAX_TOKEN = 32768

# RFC 6750, section 2.1: what can stand in an Authorization header.
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


@dataclass(frozen=True)
class Hello:
    """A holder asks whether there is an agent."""

    holder: str


@dataclass(frozen=True)
class Selected:
    """What the user has selected, and whether the kernel has settled since."""

    session: str
    connection: str
    cluster: str
    project: str | None
    base_url: str
    account: str
    scopes: tuple[str, ...]
    since: datetime
    settled: bool


@dataclass(frozen=True)
class Delivered:
    """A token; `id` is that of the question, `None` where nobody asked."""

    id: str | None
    session: str
    scopes: tuple[str, ...]
    token: str
    #: Of the token, when the holder sent it (s).
    expires_in: float
    lifetime: float
    #: A time that this process had sent to the holder before that (s, wall clock).
    sent: float

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"Delivered(id={self.id!r}, session={self.session!r})"


@dataclass(frozen=True)
class Waiting:
    """A person has to sign in first."""

    id: str
    session: str | None
    reason: str


@dataclass(frozen=True)
class Refused:
    """The question can't be answered with a token."""

    id: str
    session: str | None
    code: str
    message: str
    action: str


@dataclass(frozen=True)
class Replacement:
    """A sign-in was moved: `session` is held in the place of `replaces`."""

    session: str
    replaces: tuple[str, ...]
    account: str


@dataclass(frozen=True)
class Bye:
    """The user has signed out of one session, or of all."""

    session: str | None


Message: TypeAlias = (
    "Hello | Selected | Delivered | Waiting | Refused | Replacement | Bye"
)


def read(raw: object, instance: str) -> Message:
    """Read a holder's message to the agent `instance`.

    Raises `Refusal` with the code "version", "instance" or "malformed".
    """
    if not isinstance(raw, dict):
        raise malformed("The message is no object.")
    fields = cast("Content", raw)
    version = fields.get("v")
    if type(version) is not int or version != VERSION:
        is_version = type(version) is int and 0 < version < _MAX_VERSION
        theirs = cast("int", version) if is_version else None
        raise Refusal("version", f"This kernel speaks version {VERSION}.", theirs)
    operation = fields.get("op")
    reader = _READERS.get(operation) if isinstance(operation, str) else None
    if reader is None:
        raise malformed("The operation is unknown.")
    if reader is not _hello and text(fields, "instance") != instance:
        raise Refusal("instance", "This message is for another kernel process.")
    return reader(fields)


def acknowledge(instance: str, **more: object) -> Content:
    """Say that a message has been acted upon."""
    return {"v": VERSION, "ok": True, "instance": instance, **more}


def refuse(instance: str, refusal: Refusal) -> Content:
    """Say that a message has changed nothing."""
    return {
        "v": VERSION,
        "ok": False,
        "instance": instance,
        "code": refusal.code,
        "message": refusal.message,
    }


def question(  # noqa: PLR0913 - the fields of the message
    *,
    id: str,  # noqa: A002 - the field's name
    instance: str,
    session: str | None,
    scopes: tuple[str, ...],
    min_ttl: float | None,
    sent: float,
) -> Content:
    """Build the data of a `comm_msg` that asks for a token."""
    return {
        "v": VERSION,
        "op": "token",
        "id": id,
        "instance": instance,
        "session": session,
        "scopes": list(scopes),
        "min_ttl": min_ttl,
        "sent": sent,
        "timeout": QUESTION_TIMEOUT,
    }


def _hello(raw: Content) -> Message:
    return Hello(text(raw, "holder"))


def _context(raw: Content) -> Message:
    since = parse_date(text(raw, "since"))
    if since is None:
        raise malformed("since must be an ISO 8601 time with its zone.")
    settled = raw.get("settled")
    if not isinstance(settled, bool):
        raise malformed("settled must be true or false.")
    return Selected(
        session=text(raw, "session"),
        connection=text(raw, "connection", least=0),
        cluster=text(raw, "cluster", least=0),
        project=text_or_none(raw, "project"),
        base_url=text(raw, "base_url", most=_MAX_URL),
        account=text(raw, "account", least=0),
        scopes=scopes(raw),
        since=since,
        settled=settled,
    )


def _token(raw: Content) -> Message:
    token = text(raw, "token", most=_MAX_TOKEN)
    if not _TOKEN.fullmatch(token):
        raise malformed("token must be able to stand in a header.")
    return Delivered(
        id=text_or_none(raw, "id"),
        session=text(raw, "session"),
        scopes=scopes(raw),
        token=token,
        expires_in=seconds(raw, "expires_in"),
        lifetime=seconds(raw, "lifetime"),
        sent=time(raw, "sent"),
    )


def _waiting(raw: Content) -> Message:
    return Waiting(text(raw, "id"), text_or_none(raw, "session"), text(raw, "reason"))


def _error(raw: Content) -> Message:
    return Refused(
        id=text(raw, "id"),
        session=text_or_none(raw, "session"),
        code=text(raw, "code"),
        message=text(raw, "message", most=_MAX_SENTENCE),
        action=text(raw, "action", least=0, most=_MAX_SENTENCE),
    )


def _replace(raw: Content) -> Message:
    return Replacement(
        session=text(raw, "session"),
        replaces=texts(raw, "replaces"),
        account=text(raw, "account"),
    )


def _bye(raw: Content) -> Message:
    return Bye(text_or_none(raw, "session"))


_READERS: dict[str, Callable[[Content], Message]] = {
    "hello": _hello,
    "context": _context,
    "token": _token,
    "waiting": _waiting,
    "error": _error,
    "replace": _replace,
    "bye": _bye,
}
