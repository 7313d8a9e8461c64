"""The token that notebook code is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._clock import SystemClock

if TYPE_CHECKING:
    from ._clock import Clock

#: What stands in a token's place.
_SHOWN = "[token hidden]"

#: Seconds that a token of unknown life is taken to have: `get_token()` hands out none
#: with less, short lives apart.
_UNKNOWN = 60.0


class Life:
    """Until when a token is good, by both clocks of the kernel."""

    __slots__ = ("_clock", "_ends", "_ends_wall", "margin")

    def __init__(self, expires_in: float, margin: float, clock: Clock) -> None:
        """Count `expires_in` (s) from now; it is renewed `margin` (s) before that."""
        self._clock = clock
        self._ends = clock.monotonic() + expires_in
        self._ends_wall = clock.wall() + expires_in
        self.margin = margin

    def left(self) -> float:
        """Give the seconds that are left, by the clock that says fewer; 0 for none."""
        clock = self._clock
        return max(
            0.0, min(self._ends - clock.monotonic(), self._ends_wall - clock.wall())
        )

    def now(self) -> float:
        """Give the Unix time, in seconds."""
        return self._clock.wall()


class Token(str):
    """An access token: a `str` in every respect, except that its repr is hidden.

    So the value of a cell, a container, a traceback and a debugger don't show it.
    `print`, `format` and strings made from it do, since requests are made that way.
    """

    __slots__ = ("life",)

    #: Set by whoever knows how long it lives; see `life_of`.
    life: Life

    def __repr__(self) -> str:
        """Hide the token wherever a repr is shown."""
        return repr(_SHOWN)

    def __rich_repr__(self) -> tuple[str]:
        """Hide it from rich too, which shortens a long `str` before it takes the repr.

        That of its beginning would be a plain `str`'s, for example among the locals of
        a traceback.
        """
        return (_SHOWN,)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickle to a plain `str`: the other process may not have this package."""
        return str, (str(self),)

    def __reduce_ex__(self, protocol: object) -> tuple[type[str], tuple[str]]:
        """Pickle as `__reduce__` does, whatever the protocol."""
        return self.__reduce__()

    def __copy__(self) -> Token:
        """Stay hidden in a copy, which would otherwise go by `__reduce_ex__`."""
        return self

    def __deepcopy__(self, memo: object) -> Token:
        """Stay hidden in a deep copy."""
        return self


def life_of(token: Token) -> Life:
    """Give how long `token` lives, or a guess where nobody has said so."""
    life: Life | None = getattr(token, "life", None)
    return life or Life(_UNKNOWN, 0, SystemClock())
