"""The Cognite SDK, versions 7 and 8: imported when a client is made."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ._usage_errors import LibraryMissing

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

#: What CDF's statistics call the requests of these clients.
CLIENT_NAME = "jupyterlab-cdf-auth"

_OLDEST = 7


def load(least: int = _OLDEST, what: str = "client()") -> ModuleType:
    """Import `cognite.client`, of the major version `least` or newer.

    Raises `LibraryMissing` with the code "sdk_missing" or "sdk_too_old".
    """
    try:
        import cognite.client as sdk  # noqa: PLC0415 - it may not be installed
    except ModuleNotFoundError as error:
        if error.name not in {"cognite", "cognite.client"}:
            raise
        raise LibraryMissing.sdk() from None
    version = str(sdk.__version__)
    if int(version.partition(".")[0]) < least:
        raise LibraryMissing.newer_sdk(version, least, what)
    return sdk


def check_options(sdk: ModuleType, what: str, options: dict[str, object]) -> None:
    """Raise `TypeError` or `ValueError` for what `ClientConfig` doesn't take."""
    ours = {"self", "project", "cluster", "credentials"}
    known = [
        one for one in inspect.signature(sdk.ClientConfig).parameters if one not in ours
    ]
    for name, value in options.items():
        if name == "credentials":
            raise TypeError(
                f"{what} brings the credentials itself. For others, make a "
                "ClientConfig and a CogniteClient of your own."
            )
        if name not in known:
            raise TypeError(
                f"{what} has no option {name!r}; beside project and cluster it has "
                f"{', '.join(known)}."
            )
        if value is not None and name in _CHECKS:
            _CHECKS[name](name, value)


def make_config(
    sdk: ModuleType,
    project: str,
    base_url: str,
    get_token: Callable[[], str],
    more: dict[str, object],
) -> object:
    """Make the SDK's configuration, which calls `get_token` for each request."""
    from cognite.client.credentials import Token  # noqa: PLC0415

    options = {name: value for name, value in more.items() if value is not None}
    options.setdefault("client_name", CLIENT_NAME)
    options |= {"project": project, "base_url": base_url}
    try:
        return sdk.ClientConfig(credentials=Token(get_token), **options)
    except (TypeError, ValueError) as error:
        raise type(error)(f"The Cognite SDK refuses these options: {error}") from None


def _text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}.")
    if not value.strip():
        raise ValueError(f"{name} must not be empty.")


def _seconds(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of seconds.")
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} must be above 0 seconds.")


def _number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}.")
    if value < 1:
        raise ValueError(f"{name} must be 1 or more.")


def _switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False.")


def _headers(name: str, value: object) -> None:
    is_fit = isinstance(value, dict) and all(
        isinstance(one, str) for pair in value.items() for one in pair
    )
    if not is_fit:
        raise TypeError(f"{name} must be a dict of str to str.")


_CHECKS: dict[str, Callable[[str, object], None]] = {
    "client_name": _text,
    "api_subversion": _text,
    "base_url": _text,
    "timeout": _seconds,
    "file_transfer_timeout": _seconds,
    "max_workers": _number,
    "headers": _headers,
    "debug": _switch,
}
