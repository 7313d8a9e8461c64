"""`LOGIN_FLOW=token`: the token that `CDF_TOKEN` holds."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ._cache import Held, reserve
from ._issued import MAX_LIFETIME, UNKNOWN_LIFETIME, claims_of, is_token, time_of
from ._token import Token
from .errors import EnvironmentUnusable, TokenRefused

if TYPE_CHECKING:
    from ._clock import Clock
    from ._secret import Secret


class FixedToken:
    """Gives the same token again until it has expired."""

    def __init__(self, token: Secret, scopes: tuple[str, ...]) -> None:
        """Serve `scopes`, which nobody has checked it for."""
        self._token = token
        self._scopes = tuple(sorted(set(scopes)))

    def fetch(self, scopes: tuple[str, ...], clock: Clock) -> Held:
        """Give the token. Raises `EnvironmentUnusable` and `TokenRefused`."""
        if scopes != self._scopes:
            raise TokenRefused(
                "scope_unavailable",
                "CDF_TOKEN is one token, for CDF, and can't be exchanged for one of "
                "another API.",
                "Use LOGIN_FLOW=client_credentials.",
            )
        if not is_token(self._token.reveal()):
            raise EnvironmentUnusable(
                "environment_invalid",
                "CDF_TOKEN holds characters that no access token has.",
                'Set it to the token alone, without "Bearer " and quotation marks.',
            )
        claims = claims_of(self._token.reveal())
        expires, issued = time_of(claims, "exp"), time_of(claims, "iat")
        if expires is None:
            # It says nothing, so the variable is looked at again after a while.
            left = lifetime = UNKNOWN_LIFETIME
        else:
            left = min(expires - clock.wall(), MAX_LIFETIME)
            lifetime = max(left, expires - (issued or expires))
        if left <= reserve(lifetime):
            raise _expired(expires or 0.0)
        return Held(Token(self._token.reveal()), left, lifetime, clock)


def _expired(expires: float) -> EnvironmentUnusable:
    try:
        date = datetime.fromtimestamp(expires, tz=timezone.utc)
        when = f"at {date:%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, OSError, ValueError):
        when = "long ago"
    return EnvironmentUnusable(
        "environment_token_expired",
        f"The token in CDF_TOKEN has expired {when}, by this machine's clock.",
        "Set CDF_TOKEN to a new one. For runs that last longer than a token use "
        "LOGIN_FLOW=client_credentials, which renews it.",
    )
