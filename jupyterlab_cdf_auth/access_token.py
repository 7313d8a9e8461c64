"""An access token, and what must be true of one."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from .clock import Deadline
from .provider_errors import bad_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock, Stopwatch

#: What RFC 6750 (section 2.1) allows as a bearer token. Anything else could not be
#: sent, and an HTTP client would quote it in its complaint.
BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")

_MAX_CHARACTERS = 32768
_MAX_LIFETIME = 10.0 * 366 * 86400
#: Kernels take none that lives longer (s).
_LONGEST = 366.0 * 86400


class AccessToken:
    """A token with the time that it has left; it shows itself nowhere."""

    __slots__ = ("_deadline", "lifetime", "scopes", "text")

    def __init__(
        self, text: str, scopes: tuple[str, ...], deadline: Deadline, lifetime: float
    ) -> None:
        """Keep a token that was good for ``lifetime`` seconds when it was issued."""
        self.text = text
        self.scopes = scopes
        self.lifetime = lifetime
        self._deadline = deadline

    @property
    def is_usable(self) -> bool:
        """Whether it has more left than is kept in hand."""
        return self.expires_in > reserve(self.lifetime)

    @property
    def expires_in(self) -> float:
        """Seconds left; negative once it has expired."""
        return self._deadline.remaining

    def __repr__(self) -> str:
        """Leave the token out."""
        return "<AccessToken>"


def read_access_token(
    answer: Mapping[str, Any],
    scopes: tuple[str, ...],
    clock: Clock,
    since_request: Stopwatch,
) -> AccessToken:
    """Read a token response (RFC 6749, section 5.1).

    ``since_request`` runs since the token was asked for.

    Raises ProviderError where it does not hold a token that can be used.
    """
    text, kind = answer.get("access_token"), answer.get("token_type")
    if (
        not isinstance(text, str)
        or len(text) > _MAX_CHARACTERS
        or not BEARER.fullmatch(text)
    ):
        raise bad_answer("without an access token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise bad_answer("with a token of an unknown type")
    lifetime = seconds(answer.get("expires_in"))
    if lifetime is None or not 0 < lifetime <= _MAX_LIFETIME:
        raise bad_answer("with a token whose lifetime makes no sense")
    lifetime = lifetime_of(min(lifetime, _LONGEST))
    ends = Deadline(clock, lifetime - since_request.elapsed)
    return AccessToken(text, scopes, ends, lifetime)


def lifetime_of(expires_in: float) -> float:
    """Give the lifetime (s) to count with for a provider's ``expires_in``.

    Providers cut times to whole seconds, so a token can expire up to a second early.
    """
    return expires_in - min(1.0, expires_in / 4)


def margin(lifetime: float) -> float:
    """Give the seconds that a token must still be good for to be handed out.

    More than the kernel's own margin (60 s or a quarter): an answer must not arrive
    already due for renewal.
    """
    return min(120.0, lifetime / 3)


def reserve(lifetime: float) -> float:
    """Give the seconds that are kept in hand of any token.

    It must arrive, and be used, while it is good.
    """
    return min(2.0, lifetime / 20)


def seconds(value: object) -> float | None:
    """Read a number of seconds; some providers write it as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
