"""Checks of single fields of a message, as they come from outside."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, TypeAlias, cast

_MAX_TEXT = 512
_MAX_TEXTS = 32
#: Longer than any provider's tokens live.
_MAX_SECONDS = 366 * 24 * 3600.0
#: In some thirty thousand years. Comparisons are safe for integers of any size.
_LATEST = 1e12

# ISO 8601 as JavaScript and Python write it. `fromisoformat` of Python 3.10 takes
# neither "Z" nor fractions of other than 3 or 6 digits.
_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)"
)

Content: TypeAlias = "dict[str, object]"


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """A message that isn't acted upon; `code` is for the acknowledgement."""

    def __init__(self, code: str, message: str, version: int | None = None) -> None:
        """Keep code and sentence; neither repeats what the message held.

        `version` is the protocol's, of a message that has another one than ours.
        """
        super().__init__(message)
        self.code = code
        self.message = message
        self.version = version


def malformed(message: str) -> Refusal:
    """Give the refusal of a message with a wrong field."""
    return Refusal("malformed", message)


def text(raw: Content, key: str, *, least: int = 1, most: int = _MAX_TEXT) -> str:
    """Read a text of `least` to `most` characters."""
    value = raw.get(key)
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise malformed(f"{key} must be a text of {least} to {most} characters.")
    return value


def text_or_none(raw: Content, key: str) -> str | None:
    """Read a text or null."""
    if key in raw and raw[key] is None:
        return None
    return text(raw, key)


def seconds(raw: Content, key: str) -> float:
    """Read a finite number of seconds above 0."""
    value = cast("Any", raw.get(key))
    # Comparisons are false for NaN, and safe for integers of any size.
    if type(value) not in (int, float) or not 0 < value <= _MAX_SECONDS:
        raise malformed(f"{key} must be above 0 and at most {_MAX_SECONDS:g} s.")
    return float(value)


def time(raw: Content, key: str) -> float:
    """Read a time in seconds since 1970."""
    value = cast("Any", raw.get(key))
    if type(value) not in (int, float) or not 0 <= value <= _LATEST:
        raise malformed(f"{key} must be a time in seconds.")
    return float(value)


def texts(raw: Content, key: str) -> tuple[str, ...]:
    """Read a list of texts."""
    value = raw.get(key)
    if not isinstance(value, list) or len(value) > _MAX_TEXTS:
        raise malformed(f"{key} must be a list of at most {_MAX_TEXTS}.")
    if not all(isinstance(one, str) and 0 < len(one) <= _MAX_TEXT for one in value):
        raise malformed(f"{key} must hold texts.")
    return tuple(value)


def scopes(raw: Content) -> tuple[str, ...]:
    """Read a list of scopes."""
    return texts(raw, "scopes")


def check_scopes(scopes: tuple[str, ...]) -> None:
    """Raise `TypeError` or `ValueError` for scopes that no holder would read."""
    for scope in scopes:
        if not isinstance(scope, str):
            raise TypeError(f"A scope must be a str, not {type(scope).__name__}.")
        if not 0 < len(scope) <= _MAX_TEXT:
            raise ValueError(f"A scope must have 1 to {_MAX_TEXT} characters.")
    if len(scopes) > _MAX_TEXTS:
        raise ValueError(f"At most {_MAX_TEXTS} scopes can be asked for at once.")


def parse_date(text: str) -> datetime | None:
    """Read an ISO 8601 date and time with its zone; `None` for anything else."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, zone = match.groups()
    fraction = (fraction or "")[:6].ljust(6, "0")
    zone = "+00:00" if zone == "Z" else zone
    try:
        return datetime.fromisoformat(f"{day}T{time}.{fraction}{zone}")
    except ValueError:
        return None
