"""ISO 8601 times as JavaScript and Python write them."""

from __future__ import annotations

import re
from datetime import datetime

# `fromisoformat` of Python 3.10 takes neither "Z" nor any number of digits.
_DATE = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:(Z)|([+-]\d\d:\d\d))", re.ASCII
)


def parse_date(text: str) -> datetime | None:
    """Read a time with its zone; None for anything else."""
    parts = _DATE.fullmatch(text)
    if parts is None:
        return None
    seconds, fraction, _, zone = parts.groups()
    try:
        return datetime.fromisoformat(
            f"{seconds}.{(fraction or '').ljust(6, '0')}{zone or '+00:00'}"
        )
    except ValueError:
        return None
