"""Keeps tokens out of the kernel's log.

At level DEBUG ipykernel logs each control message with its content, before any handler
has seen it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from ._protocol import CONTENT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ._kernel import Kernel

HIDDEN = "[redacted]"


class Redaction(logging.Filter):
    """Takes our content and every token that is held out of records."""

    def __init__(self, secrets: Callable[[], Iterator[str]]) -> None:
        """Hide what `secrets` gives at the time of a record."""
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without secrets. Never raises."""
        try:
            record.args = _without_content(record.args)
            self._hide(record)
        except Exception:  # noqa: BLE001 - a record that can't be checked says nothing
            record.msg, record.args = HIDDEN, None
            record.exc_info = record.exc_text = record.stack_info = None
        return True

    def _hide(self, record: logging.LogRecord) -> None:
        secrets = list(self._secrets())
        if not secrets:
            return
        text = record.getMessage()
        hidden = _replace(text, secrets)
        if hidden != text:
            record.msg, record.args = hidden, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = _replace(record.exc_text, secrets)


def redact(kernel: Kernel, secrets: Callable[[], Iterator[str]]) -> None:
    """Put the filter on the kernel's log, once.

    It stays when everyone has signed out: a holder may not know of it yet.
    """
    if not any(isinstance(one, Redaction) for one in kernel.log.filters):
        kernel.log.addFilter(Redaction(secrets))


def _replace(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _without_content(
    args: tuple[object, ...] | Mapping[str, object] | None,
) -> tuple[object, ...] | Mapping[str, object] | None:
    if isinstance(args, tuple):
        return tuple(_clean(one) for one in args)
    # `logging` unpacks a dict that is the only argument: it is the message itself.
    return cast("Mapping[str, object]", _clean(args)) if args else args


def _clean(value: object) -> object:
    content = value.get("content") if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(content, dict) and CONTENT_KEY in content:
        return {**value, "content": {**content, CONTENT_KEY: HIDDEN}}
    return value
