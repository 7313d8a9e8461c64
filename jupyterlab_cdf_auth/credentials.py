"""Access tokens of one session: a cache, and one flight at a time for each scope.

The same rules as the browser's ``src/credentials``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from .access_token import margin, reserve
from .clock import Deadline
from .provider_errors import ProviderError, Remedy, sign_in_required, too_late

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .access_token import AccessToken
    from .clock import Clock

_T = TypeVar("_T")

#: Fetches a token from the provider.
Source: TypeAlias = "Callable[[tuple[str, ...]], Awaitable[AccessToken]]"

#: Seconds after a fault during which the provider is left alone.
PEACE = 5.0

#: The same after one that an administrator must put right: providers count the attempts
#: of those who show a wrong secret.
_LONG_PEACE = 30.0

#: No token is asked to be good for longer than this share of its lifetime: it would
#: be renewed at each call.
_MOST_OF_LIFETIME = 0.9

#: Sets of scopes that are remembered; a kernel can ask for any number.
_MAX_KEYS = 100


class Credentials:
    """The tokens of one session."""

    def __init__(self, source: Source, clock: Clock) -> None:
        """Fetch from ``source``."""
        self._source = source
        self._clock = clock
        self._held: dict[tuple[str, ...], AccessToken] = {}
        self._faults: dict[tuple[str, ...], tuple[ProviderError, Deadline]] = {}
        self._flights: dict[tuple[str, ...], asyncio.Task[AccessToken]] = {}

    def put(self, token: AccessToken) -> None:
        """Keep a token that came with a sign-in."""
        _remember(self._held, _key(token.scopes), token)

    async def get(
        self, scopes: tuple[str, ...], min_ttl: float | None = None
    ) -> AccessToken:
        """Give a token that is good for ``min_ttl`` seconds, by default the margin.

        Raises ProviderError; but a passing fault is hidden while the old token is
        still good. A token that has no more than its reserve left is never given.
        """
        key = _key(scopes)
        held = self._held.get(key)
        if held and held.expires_in >= _wanted(held, min_ttl):
            return held
        fault = self._faults.get(key)
        if fault and fault[1].remaining > 0:
            return _usable(held, fault[0])
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.ensure_future(self._renew(key))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        try:
            # One that stops waiting doesn't stop the flight for the others.
            return await asyncio.shield(flight)
        except asyncio.CancelledError:
            if flight.cancelled():
                raise sign_in_required() from None
            raise

    def clear(self) -> None:
        """Forget every token, and whatever is under way."""
        for flight in self._flights.values():
            flight.cancel()
        self._held.clear()
        self._faults.clear()

    def _landed(self, key: tuple[str, ...], flight: asyncio.Task[AccessToken]) -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            # All who waited may be gone: asyncio would complain of a lost error.
            flight.exception()

    async def _renew(self, key: tuple[str, ...]) -> AccessToken:
        try:
            token = await self._source(key)
            if not token.is_usable:
                raise too_late()
        except ProviderError as error:
            is_lasting = error.remedy is Remedy.ADMINISTRATOR
            peace = Deadline(self._clock, _LONG_PEACE if is_lasting else PEACE)
            _remember(self._faults, key, (error, peace))
            return _usable(self._held.get(key), error)
        _remember(self._held, key, token)
        self._faults.pop(key, None)
        return token


def _wanted(token: AccessToken, min_ttl: float | None) -> float:
    lifetime = token.lifetime
    if min_ttl is None:
        return margin(lifetime)
    return max(min(min_ttl, lifetime * _MOST_OF_LIFETIME), reserve(lifetime))


def _usable(held: AccessToken | None, fault: ProviderError) -> AccessToken:
    """Give the old token while it is good and the fault may be mended meanwhile."""
    is_passing = fault.remedy in {Remedy.TIME, Remedy.ADMINISTRATOR}
    if held and is_passing and held.is_usable:
        return held
    raise fault


def _key(scopes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(scopes)))


def _remember(
    store: dict[tuple[str, ...], _T], key: tuple[str, ...], value: _T
) -> None:
    store.pop(key, None)
    store[key] = value
    if len(store) > _MAX_KEYS:
        del store[next(iter(store))]
