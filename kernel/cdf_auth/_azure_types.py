"""azure-core's types of tokens where it is installed, equal ones of ours otherwise."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ._token import life_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials import AccessToken, AccessTokenInfo

    from ._token import Token

#: Seconds by which azure-core puts a renewal off, at random.
_JITTER = 60


class OwnAccessToken(NamedTuple):
    """The same as `azure.core.credentials.AccessToken`."""

    token: str
    #: In Unix seconds.
    expires_on: int


class OwnAccessTokenInfo(NamedTuple):
    """The same as `azure.core.credentials.AccessTokenInfo`."""

    token: str
    expires_on: int
    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme
    refresh_on: int | None = None


def access_token(token: Token) -> AccessToken:
    """Give what `TokenCredential.get_token` returns."""
    return cast("AccessToken", _types()[0](token, _expires_on(token)))


def access_token_info(token: Token) -> AccessTokenInfo:
    """Give what `SupportsTokenInfo.get_token_info` returns."""
    expires_on = _expires_on(token)
    # Early enough that azure-core comes back before the margin begins. It is given the
    # token of our cache until then, and the next one in time.
    refresh_on = expires_on - math.ceil(life_of(token).margin) - _JITTER
    return cast(
        "AccessTokenInfo", _types()[1](token, expires_on, refresh_on=refresh_on)
    )


def _expires_on(token: Token) -> int:
    life = life_of(token)
    # Rounded down: it must not be used for longer than it lives.
    return math.floor(life.now() + life.left())


def _types() -> tuple[Callable[..., object], Callable[..., object]]:
    try:
        return _azure_types()
    except ModuleNotFoundError:
        # Looked for again each time: it may get installed while the kernel runs.
        return OwnAccessToken, OwnAccessTokenInfo


@cache
def _azure_types() -> tuple[Callable[..., object], Callable[..., object]]:
    from azure.core import credentials  # noqa: PLC0415 - it may not be installed

    # Before 1.31 there is no such type, and nobody who asks for it.
    info: Any = getattr(credentials, "AccessTokenInfo", None)
    if info is None:
        return credentials.AccessToken, OwnAccessTokenInfo

    class HiddenInfo(info):  # type: ignore[misc]
        """azure-core's, which would show the token as the value of a cell."""

        def __repr__(self) -> str:
            """Hide the token, as that of `AccessToken` does by itself."""
            return (
                f"AccessTokenInfo(token={self.token!r}, expires_on={self.expires_on})"
            )

    return credentials.AccessToken, HiddenInfo
