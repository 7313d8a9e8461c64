"""The messages between a kernel's agent and the holder of a session, version 1.

See docs/protocol.md. Pure: it builds and reads, and knows no transport.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, cast

from .dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .access_token import AccessToken
    from .models import Context, Replaced

PROTOCOL_VERSION = 1

#: The key of our content in `comm_info_request` and its reply.
CONTENT_KEY = "cdf_auth"

#: The fixed comm id of the agent's questions, and the topic that they come on.
COMM_ID = "cdf-auth"
TOPIC = b"comm-" + COMM_ID.encode()

# Longest id and scope that is read, in characters, and most scopes.
_MAX_TEXT = 512
_MAX_SCOPES = 32
# A time or a number of seconds; JSON has greater ones that are no float.
_MAX_SECONDS = 1e12
# Most open questions that are read.
_MAX_OPEN = 100

Content: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class TokenRequest:
    """A kernel asks for a token."""

    id: str
    instance: str
    #: The session that must answer, or None for whichever is selected.
    session: str | None
    #: Empty for the session's default scopes.
    scopes: tuple[str, ...]
    #: Seconds that the answer must be good for, or None for the holder's margin.
    min_ttl: float | None
    #: The kernel's wall clock when it asked, in seconds.
    sent: float
    #: Seconds after which the question is void.
    timeout: float


@dataclass(frozen=True)
class Acknowledgement:
    """What the agent acknowledges."""

    ok: bool
    instance: str
    code: str | None
    #: The kernel's wall clock in seconds, on `hello` only.
    now: float | None
    #: Whom the agent follows, and when the user chose that, on `hello` only.
    session: str | None
    since: datetime | None
    #: The data of the questions that are open in the agent, not checked yet.
    open: tuple[object, ...]


def read_request(data: object) -> TokenRequest | None:
    """Read the data of a `comm_msg`; None for whatever isn't a request."""
    if not isinstance(data, dict):
        return None
    scopes = data.get("scopes")
    session, min_ttl = data.get("session"), data.get("min_ttl")
    is_ours = (
        data.get("v") == PROTOCOL_VERSION
        and data.get("op") == "token"
        and _is_text(data.get("id"))
        and _is_text(data.get("instance"))
        and (session is None or _is_text(session))
        and isinstance(scopes, list)
        and len(scopes) <= _MAX_SCOPES
        and all(_is_text(scope) for scope in scopes)
        and (min_ttl is None or _is_seconds(min_ttl))
        and _is_seconds(data.get("sent"))
        and _is_seconds(data.get("timeout"))
    )
    if not is_ours:
        return None
    return TokenRequest(
        id=data["id"],
        instance=data["instance"],
        session=session,
        scopes=tuple(scopes or ()),
        min_ttl=min_ttl,
        sent=data["sent"],
        timeout=data["timeout"],
    )


def read_acknowledgement(content: object) -> Acknowledgement | None:
    """Read a reply's content; None where no agent has acknowledged."""
    raw = content.get(CONTENT_KEY) if isinstance(content, dict) else None
    if (
        not isinstance(raw, dict)
        or not isinstance(raw.get("ok"), bool)
        or not _is_text(raw.get("instance"))
    ):
        return None
    code, now, session = raw.get("code"), raw.get("now"), raw.get("session")
    since, asked = raw.get("since"), raw.get("open")
    return Acknowledgement(
        ok=raw["ok"],
        instance=raw["instance"],
        code=code if _is_text(code) else None,
        now=now if _is_seconds(now) else None,
        session=session if _is_text(session) else None,
        since=parse_date(since) if _is_text(since) else None,
        open=tuple(asked[:_MAX_OPEN]) if isinstance(asked, list) else (),
    )


def read_outcome(reply: object) -> str | None:
    """Read how the installation of the agent went from an `execute_reply`."""
    try:
        expression = cast("Any", reply)["user_expressions"][CONTENT_KEY]
        return str(expression["data"]["text/plain"]).strip("'\"")
    except (KeyError, TypeError):
        return None


def hello(holder: str) -> Content:
    """Ask whether there is an agent."""
    return _wrap("hello", holder=holder)


def context(
    instance: str, session: str, account: str, selected: Context, *, settled: bool
) -> Content:
    """Tell the agent what the user has selected; see "A switch" in the protocol."""
    return _wrap(
        "context",
        instance=instance,
        session=session,
        connection=selected.connection,
        cluster=selected.cluster,
        project=selected.project,
        base_url=selected.base_url,
        account=account,
        scopes=list(selected.scopes),
        since=selected.since,
        settled=settled,
    )


def token(
    request: TokenRequest, session: str, scopes: Sequence[str], held: AccessToken
) -> Content:
    """Answer a request with a token.

    The agent tells by ``sent``, a time of its own, how old it is when it arrives.
    """
    return _wrap(
        "token",
        instance=request.instance,
        id=request.id,
        session=session,
        scopes=list(scopes),
        token=held.text,
        expires_in=max(0.0, held.expires_in),
        lifetime=held.lifetime,
        sent=request.sent,
    )


def waiting(request: TokenRequest, session: str | None, reason: str) -> Content:
    """Say that a person has to sign in first, or that time must pass."""
    return _wrap(
        "waiting",
        instance=request.instance,
        id=request.id,
        session=session,
        reason=reason,
    )


def error(
    request: TokenRequest, session: str | None, code: str, message: str, action: str
) -> Content:
    """Refuse a request."""
    return _wrap(
        "error",
        instance=request.instance,
        id=request.id,
        session=session,
        code=code,
        message=message,
        action=action,
    )


def replacement(instance: str, session: str, replaced: Replaced) -> Content:
    """Say that ``session`` is held in the place of a page's."""
    return _wrap(
        "replace",
        instance=instance,
        session=session,
        replaces=[replaced.session],
        account=replaced.username,
    )


def bye(instance: str, session: str) -> Content:
    """Say that the user has signed out of ``session``."""
    return _wrap("bye", instance=instance, session=session)


def operation(content: Content) -> str:
    """Return the operation of a message."""
    return str(content[CONTENT_KEY]["op"])


def _wrap(op: str, **fields: object) -> Content:
    return {CONTENT_KEY: {"v": PROTOCOL_VERSION, "op": op, **fields}}


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT


def _is_seconds(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # Comparisons are safe for integers of any size, and false for NaN.
    return 0 <= value <= _MAX_SECONDS
