"""What gets tokens in a run without JupyterLab, and how a token is read."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from . import _provider as provider
from ._cache import Held, reserve
from ._token import Token

if TYPE_CHECKING:
    from ._clock import Clock, Stopwatch

#: Longer than any provider's tokens live, in seconds.
MAX_LIFETIME = 366 * 86400.0

#: Seconds for which a token is used that doesn't say how long it lives.
UNKNOWN_LIFETIME = 300.0

_MAX_TOKEN = 32768
#: In some thirty thousand years.
_LATEST = 1e12
# RFC 6750, section 2.1: what can stand in an Authorization header.
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")

#: The claims of a token, as they come from outside.
Claims: TypeAlias = "dict[str, Any]"


class Source(Protocol):
    """Gets tokens; from any thread."""

    def fetch(self, scopes: tuple[str, ...], clock: Clock) -> Held:
        """Get a new token, blocking for seconds. Raises `CdfAuthError`."""


def is_token(value: object) -> bool:
    """Tell whether a value can be sent as an access token."""
    fits = isinstance(value, str) and len(value) <= _MAX_TOKEN
    return fits and _TOKEN.fullmatch(str(value)) is not None


def claims_of(token: str) -> Claims:
    """Read the claims of a JWT (RFC 7519), `{}` where there are none to be read.

    They aren't verified here: the API that receives the token does that.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def time_of(claims: Claims, name: str) -> float | None:
    """Read a time in seconds since 1970, `None` where there is no sensible one."""
    value = claims.get(name)
    # Comparisons are false for NaN, and safe for integers of any size.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value < _LATEST else None


def seconds_of(value: object) -> float | None:
    """Read a lifetime in seconds; some providers write it as a text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number <= MAX_LIFETIME else None


def held(token: str, expires_in: float, since_request: Stopwatch, clock: Clock) -> Held:
    """Hold a new token, for which a provider told `expires_in` (s).

    `since_request` runs since it was asked. Raises `TokenRefused` if the token has
    come too late to be used.
    """
    lifetime = lifetime_of(expires_in)
    left = lifetime - since_request.elapsed
    if left <= reserve(lifetime):
        raise provider.too_late()
    return Held(Token(token), left, lifetime, clock)


def lifetime_of(expires_in: float) -> float:
    """Give the lifetime (s) to count with for a provider's `expires_in`.

    Providers cut times to whole seconds, so a token can expire up to a second early.
    """
    return expires_in - min(1.0, expires_in / 4)
