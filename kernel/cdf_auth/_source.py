"""Where clients and credentials get tokens, and how a refused one is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ._fields import check_scopes
from ._install import agent
from ._token import life_of
from ._usage_errors import BadScopes

if TYPE_CHECKING:
    from ._token import Token

#: The API of scopes that name none.
_GRAPH = "https://graph.microsoft.com"
#: Scopes that belong to no API: OpenID Connect Core 1.0, section 5.4 and 11.
_OPENID = frozenset({"openid", "profile", "email", "offline_access"})


class Source(Protocol):
    """Gives tokens, as `cdf_auth.get_token` does; a context is one."""

    def get_token(
        self, *scopes: str, min_ttl: float | None = None, wait: float | None = None
    ) -> Token:
        """Give a token."""

    async def get_token_async(
        self, *scopes: str, min_ttl: float | None = None, wait: float | None = None
    ) -> Token:
        """Give a token without blocking the event loop."""


class Following:
    """Gives tokens of what is selected at the time of each call."""

    def get_token(
        self, *scopes: str, min_ttl: float | None = None, wait: float | None = None
    ) -> Token:
        """Give a token."""
        return agent().get_token(scopes, min_ttl=min_ttl, wait=wait)

    async def get_token_async(
        self, *scopes: str, min_ttl: float | None = None, wait: float | None = None
    ) -> Token:
        """Give a token without blocking the event loop."""
        return await agent().get_token_async(scopes, min_ttl=min_ttl, wait=wait)


# A holder hands out a token again while it has nine tenths of its lifetime left, so a
# service that refuses every token can't make it renew without end.


def another(source: Source, scopes: tuple[str, ...], refused: str) -> Token:
    """Give a token in the place of one that a service has refused.

    Many may have been refused it: what another thread has fetched by now will do. It
    is the refused one itself where the holder has no other.
    """
    token = source.get_token(*scopes)
    if token != refused:
        return token
    return source.get_token(*scopes, min_ttl=_more_than(token))


async def another_async(source: Source, scopes: tuple[str, ...], refused: str) -> Token:
    """Give a token as `another` does, without blocking the event loop."""
    token = await source.get_token_async(*scopes)
    if token != refused:
        return token
    return await source.get_token_async(*scopes, min_ttl=_more_than(token))


def _more_than(token: Token) -> float:
    """Give what `token` itself can't fulfil, by whichever clock and in seconds.

    A second is beyond all rounding, and as good as nothing to a holder.
    """
    return life_of(token).left() + 1


def check_resource(scopes: tuple[str, ...]) -> None:
    """Raise `BadScopes` for scopes of several resources, which Entra ID refuses.

    `TypeError` and `ValueError` for what is no scope at all.
    """
    check_scopes(scopes)
    resources = {
        scope.rpartition("/")[0].rstrip("/") or _GRAPH
        for scope in scopes
        if scope not in _OPENID
    }
    if len(resources) > 1:
        raise BadScopes.mixed(resources)
