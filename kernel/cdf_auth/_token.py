"""The token that notebook code is given."""

from __future__ import annotations

#: What stands in a token's place.
_SHOWN = "[token hidden]"


class Token(str):
    """An access token: a `str` in every respect, except that its repr is hidden.

    So the value of a cell, a container, a traceback and a debugger don't show it.
    `print`, `format` and strings made from it do, since requests are made that way.
    """

    __slots__ = ()

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
