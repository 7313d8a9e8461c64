"""What an identity provider's errors mean, for people and for the session.

Codes and sentences follow RFC 6749 (section 5.2), RFC 8628 (section 3.5) and
"Microsoft Entra authentication and authorization error codes"
(https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from .errors import CdfAuthError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SIGN_IN_AGAIN = "Sign in again: waiting cells then go on."
_START_AGAIN = "Start the sign-in again."
_TRY_AGAIN = "Nothing needs to be done if it passes; the server tries again."
_SHOW = "Check the connection, or show this text to your administrator."

_MAX_TEXT = 1000


class Remedy(Enum):
    """What helps."""

    TIME = "time"
    SIGN_IN = "sign_in"
    #: Somebody else must put it right; then it goes on.
    ADMINISTRATOR = "administrator"
    #: Nothing does, without a change of what was asked for.
    NONE = "none"


class ProviderError(CdfAuthError):
    """A fault of a sign-in or of a renewal."""

    def __init__(
        self, code: str, message: str, action: str, remedy: Remedy, status: int = 502
    ) -> None:
        """Keep the parts; none of them may hold a token."""
        super().__init__(status, code, message, action)
        self.remedy = remedy


def unreachable(what: str) -> ProviderError:
    """Nobody answered, or not in time."""
    return ProviderError(
        "provider_unreachable",
        f"The sign-in service cannot be reached from the Jupyter server ({what}).",
        f"{_TRY_AGAIN} Else check the server's network, proxy and CA bundle.",
        Remedy.TIME,
        504,
    )


def bad_answer(how: str) -> ProviderError:
    """Say that an answer can't be used; a proxy's page is the usual reason."""
    return ProviderError(
        "provider_bad_answer",
        f"The sign-in service answered {how}.",
        f"{_TRY_AGAIN} Else check the authority and the server's proxy.",
        Remedy.TIME,
    )


def too_late() -> ProviderError:
    """Say that a token came with hardly any time left."""
    return ProviderError(
        "provider_slow",
        "The sign-in service answered too late: its token has almost expired.",
        _TRY_AGAIN,
        Remedy.TIME,
        504,
    )


def busy() -> ProviderError:
    """Say that it is too busy (HTTP status 429); its own words may quote a secret."""
    return _busy("The sign-in service is too busy to answer.")


def unusable(why: str) -> ProviderError:
    """Its configuration doesn't serve us."""
    return ProviderError(
        "provider_unusable",
        f"The sign-in service cannot be used: {why}.",
        'Check "tenant" and "authority" of the connection.',
        Remedy.NONE,
    )


def sign_in_required(text: str | None = None) -> ProviderError:
    """Only a person can help."""
    return ProviderError(
        "sign_in_required",
        text or "The sign-in has ended.",
        _SIGN_IN_AGAIN,
        Remedy.SIGN_IN,
        409,
    )


def expired(text: str = "") -> ProviderError:
    """Nobody finished the sign-in in time."""
    return ProviderError(
        "code_expired",
        f"The code has expired before anybody finished the sign-in. {text}".rstrip(),
        _START_AGAIN,
        Remedy.SIGN_IN,
    )


def other_account(expected: str, got: str) -> ProviderError:
    """Somebody else has finished the renewal of a session."""
    return ProviderError(
        "other_account",
        f"{got} has signed in, but this session is {expected}'s.",
        f"Sign in as {expected}, or sign out and start a new session.",
        Remedy.SIGN_IN,
    )


def not_moved(expected: str, got: str) -> ProviderError:
    """Somebody else has signed in to the successor of a session."""
    return ProviderError(
        "other_account",
        f"{got} has signed in, but this session is {expected}'s.",
        "Nothing was moved, and everything goes on as it was. To move it, get "
        f"another code and sign in as {expected}.",
        Remedy.SIGN_IN,
    )


def wrong_account() -> ProviderError:
    """Say that a token is for another account or tenant than the session's."""
    return ProviderError(
        "wrong_account",
        "The sign-in service returned a token for another account or tenant. It was "
        "not used.",
        _SIGN_IN_AGAIN,
        Remedy.SIGN_IN,
        409,
    )


def wrong_tenant(username: str) -> ProviderError:
    """Say that the sign-in was to another tenant."""
    return ProviderError(
        "wrong_tenant",
        f"{username} signed in to a different tenant than the connection's.",
        'Check "tenant" and "authority" of the connection, then sign in again.',
        Remedy.SIGN_IN,
    )


def error_of(answer: Mapping[str, Any]) -> str:
    """Return an error response's code (RFC 6749, section 5.2), whatever came for it."""
    error = answer.get("error")
    return error[:100] if isinstance(error, str) and error else "unknown"


def explain(answer: Mapping[str, Any], *, is_renewal: bool = False) -> ProviderError:
    """Explain an OAuth 2.0 error response; Microsoft's own sentence is kept.

    At a renewal there is no code that somebody could have declined or let expire.
    """
    told = _sentence(answer.get("error_description"))
    error = error_of(answer)
    # Conditional Access errors are AADSTS53xxx and 53xxxx, whatever `error` says.
    kind = "policy" if re.match(r"AADSTS53\d{3}", told) else error
    if error == "consent_required" or answer.get("suberror") == "consent_required":
        kind = "consent_required"
        # Whoever grants it has more to read there.
        told = f"{told} {_link(answer.get('error_uri'))}".strip()
    said = told or f"The sign-in service refused: {error}."
    make = _KINDS.get(kind)
    if is_renewal and make in {_declined, expired}:
        make = sign_in_required
    if make is None:
        return ProviderError("sign_in_failed", said, _SHOW, Remedy.NONE)
    return make(told if make in {_declined, expired} else said)


def _blocked(said: str) -> ProviderError:
    return ProviderError(
        "blocked_by_policy",
        f"A policy of your organisation blocks this sign-in. {said}",
        "Sign in with the browser instead, or show this text to your administrator.",
        Remedy.SIGN_IN,
    )


def _declined(told: str) -> ProviderError:
    return ProviderError(
        "sign_in_declined",
        f"The sign-in was declined. {told}".rstrip(),
        f"{_START_AGAIN} If it wasn't you who declined, somebody else had the code.",
        Remedy.SIGN_IN,
    )


def _not_consented(said: str) -> ProviderError:
    return ProviderError(
        "consent_required",
        f"The account has not consented to this access. {said}",
        "Ask an administrator to grant consent.",
        Remedy.NONE,
    )


def _busy(said: str) -> ProviderError:
    return ProviderError("provider_busy", said, _TRY_AGAIN, Remedy.TIME, 503)


_KINDS: dict[str, Callable[[str], ProviderError]] = {
    "policy": _blocked,
    "authorization_declined": _declined,
    "access_denied": _declined,
    "expired_token": expired,
    "code_expired": expired,
    "consent_required": _not_consented,
    "invalid_grant": sign_in_required,
    "interaction_required": sign_in_required,
    "login_required": sign_in_required,
    "temporarily_unavailable": _busy,
    "server_error": _busy,
}


def _link(text: object) -> str:
    """Return the address of a page that explains the error, if there is one."""
    is_link = isinstance(text, str) and re.fullmatch(r"https://[!-~]{1,300}", text)
    return str(text) if is_link else ""


def _sentence(text: object) -> str:
    """Return the first line, if any, without the trace ids that follow it."""
    if not isinstance(text, str) or not text.strip():
        return ""
    line = text.strip().splitlines()[0]
    return re.sub(r"\s*Trace ID:.*$", "", line)[:_MAX_TEXT]
