"""The connections that an administrator configures, made fit to be published.

They are written into every JupyterLab page, so nothing secret may be in them.
Whether a connection is otherwise right (a tenant, an https authority, no
unknown field) is judged by the page, which can show the answer to the user.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logging import Logger

# Compared with the letters of a key only, in lower case, so that clientSecret,
# client_secret and CLIENT-SECRET are one. Plain "token" must match exactly:
# an authority's metadata has a token_endpoint.
_SECRET_WORDS = (
    "secret",
    "password",
    "passphrase",
    "privatekey",
    "apikey",
    "accesstoken",
    "refreshtoken",
)
_SECRET_NAMES = frozenset({"token", "pwd", "certificate"})


def publishable(
    connections: Iterable[Mapping[str, Any]], log: Logger
) -> list[dict[str, Any]]:
    """Return the connections that may be sent to a page.

    One with a field that looks like a secret, or that is not JSON, is left out
    and named in the log; the value of such a field is never written anywhere.
    """
    fit: list[dict[str, Any]] = []
    for number, connection in enumerate(connections, start=1):
        fault = _fault(connection)
        if fault is None:
            fit.append(dict(connection))
        else:
            log.error(
                "Connection %s (%r) of c.CdfAuth.connections is left out: %s",
                number,
                connection.get("label", "no label"),
                fault,
            )
    return fit


def _fault(connection: Mapping[str, Any]) -> str | None:
    """Return why this connection must not be published, or None."""
    try:
        # First, because what is JSON is a tree, and can be walked to its end.
        json.dumps(connection, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return "it holds a value that is not JSON. Use text, numbers, lists and dicts."
    for key in _keys(connection):
        if looks_secret(key):
            return (
                f"its field {key!r} looks like a secret, and connections are sent "
                "to every page. Remove the field; the browser signs in without it."
            )
    return None


def _keys(value: object) -> Iterator[str]:
    """Yield the keys of a value and of all that is nested in it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _keys(inner)


def looks_secret(key: str) -> bool:
    """Tell whether a field of that name is one for a secret."""
    letters = "".join(c for c in key.lower() if c.isalnum())
    return letters in _SECRET_NAMES or any(word in letters for word in _SECRET_WORDS)
