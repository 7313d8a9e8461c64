"""A token with its deadlines, and the slot that a cached call reads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ._token import Life, Token

if TYPE_CHECKING:
    from ._clock import Clock

#: A token is renewed when it has less than this left, in seconds, ...
MARGIN = 60.0
#: ... or less than this part of its lifetime, so that short lifetimes work too.
MARGIN_PART = 0.25

#: A token is used no more when it has less than this left, in seconds, ...
_RESERVE = 2.0
#: ... or less than this part of its lifetime: it must arrive while it is good.
_RESERVE_PART = 0.05


class Held:
    """A token and until when it is good, by both clocks of the kernel.

    Linux's monotonic clock stops while the machine sleeps and the wall clock can be
    set back, so whichever says "expired" first is right.
    """

    __slots__ = ("ends", "ends_wall", "fresh", "fresh_wall", "reserve", "token")

    def __init__(
        self, token: Token, expires_in: float, lifetime: float, clock: Clock
    ) -> None:
        """Count `expires_in` (s) from now; `lifetime` (s) is what it had in all."""
        margin = min(MARGIN, MARGIN_PART * max(lifetime, expires_in))
        self.reserve = reserve(lifetime)
        self.token = token
        token.life = Life(expires_in, margin, clock)
        self.ends = clock.monotonic() + expires_in
        self.ends_wall = clock.wall() + expires_in
        self.fresh = self.ends - margin
        self.fresh_wall = self.ends_wall - margin

    def is_good(self, min_ttl: float | None, clock: Clock) -> bool:
        """Tell whether it has `min_ttl` seconds left (`None`: the margin)."""
        if min_ttl is None:
            return clock.monotonic() < self.fresh and clock.wall() < self.fresh_wall
        return self.left(clock) > max(min_ttl, self.reserve)

    def left(self, clock: Clock) -> float:
        """Give the seconds that are left, by the clock that says fewer."""
        return min(self.ends - clock.monotonic(), self.ends_wall - clock.wall())


def reserve(lifetime: float) -> float:
    """Give the seconds that are kept in hand of a token that lives for `lifetime`."""
    return max(0.0, min(_RESERVE, _RESERVE_PART * lifetime))


class Slot:
    """Where the token of `get_token()` without arguments lies.

    It is replaced as a whole: a reader never sees one token with the deadlines of
    another, and needs no lock.
    """

    __slots__ = ("held",)

    def __init__(self) -> None:
        """Start without a token."""
        self.held = NOTHING

    def clear(self) -> None:
        """Take the token out."""
        self.held = NOTHING


def _nothing() -> Held:
    held = Held.__new__(Held)
    held.token = Token()
    held.ends = held.ends_wall = held.fresh = held.fresh_wall = -math.inf
    held.reserve = 0.0
    return held


#: Expired since ever, so that an empty slot needs no check of its own.
NOTHING = _nothing()
