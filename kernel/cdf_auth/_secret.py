"""A secret on its way from the environment to the sign-in service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Secret:
    """A text that shows itself nowhere until it is asked for by name.

    So the locals that a verbose traceback prints, a dataclass that holds it and a
    debugger's list show a placeholder.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Hide `value`."""
        self._value = value

    def reveal(self) -> str:
        """Give the text; to be handed on at once, not kept in a variable."""
        return self._value

    def __repr__(self) -> str:
        """Hide the text wherever a repr, a `str` or a format is shown."""
        return "[secret hidden]"

    def __eq__(self, other: object) -> bool:
        """Compare the texts, so that a changed environment is noticed."""
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        """Be usable in a frozen dataclass."""
        return hash(self._value)

    def __reduce__(self) -> str:
        """Refuse to be pickled: what is pickled may be saved."""
        raise TypeError("A secret isn't pickled.")


class Variables:
    """Environment variables, without their values in its repr.

    That of `os.environ` shows them all, and a verbose traceback shows the repr of
    every local.
    """

    __slots__ = ("_read",)

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read `environ` at each call: notebook code may change it."""
        # Bound, so that no attribute holds the values themselves.
        self._read = environ.get

    def text(self, name: str) -> str:
        """Give a value without the white space around it, "" where it isn't set."""
        return (self._read(name) or "").strip()

    def secret(self, name: str) -> Secret | None:
        """Give a value that must not be shown, `None` where it isn't set."""
        return Secret(self.text(name)) if self.has(name) else None

    def has(self, name: str) -> bool:
        """Tell whether a variable is set to more than white space."""
        return bool(self.text(name))

    def __repr__(self) -> str:
        """Leave the values out."""
        return "<environment variables>"
