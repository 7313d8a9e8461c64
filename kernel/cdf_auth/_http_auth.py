"""Headers, and authentication for the HTTP libraries httpx and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._source import Following, check_resource
from ._token import Token
from ._usage_errors import LibraryMissing

if TYPE_CHECKING:
    import httpx
    from requests.auth import AuthBase


def headers(
    *scopes: str, min_ttl: float | None = None, wait: float | None = None
) -> dict[str, str]:
    """Give `{"Authorization": "Bearer …"}` with a token that is good now.

        requests.get(url, headers=headers())

    The value hides itself where it is shown, as a token does. For many requests, or
    ones that take long, `httpx_auth()` and `requests_auth()` put a fresh token on each.
    Arguments and errors are those of `get_token`.
    """
    check_resource(scopes)
    token = Following().get_token(*scopes, min_ttl=min_ttl, wait=wait)
    return {"Authorization": Token(f"Bearer {token}")}


def httpx_auth(*scopes: str) -> httpx.Auth:
    """Give an `httpx.Auth` that puts a fresh token on each request.

        httpx.Client(auth=httpx_auth())
        httpx.AsyncClient(auth=httpx_auth())

    A request that is answered with 401 is sent once more with a new token, unless its
    body is a stream that can be read only once. The tokens are of what is selected at
    the time of each request; `scopes` are by default those of its cluster. The requests
    raise what `get_token` raises.
    """
    check_resource(scopes)
    try:
        from ._httpx import HttpxAuth  # noqa: PLC0415 - httpx may not be installed
    except ModuleNotFoundError as error:
        raise _missing(error, "httpx") from None
    return HttpxAuth(Following(), scopes)


def requests_auth(*scopes: str) -> AuthBase:
    """Give an `AuthBase` of requests that puts a fresh token on each request.

        session = requests.Session()
        session.auth = requests_auth()

    In all else it is as `httpx_auth`.
    """
    check_resource(scopes)
    try:
        from ._requests import RequestsAuth  # noqa: PLC0415 - it may not be installed
    except ModuleNotFoundError as error:
        raise _missing(error, "requests") from None
    return RequestsAuth(Following(), scopes)


def _missing(error: ModuleNotFoundError, name: str) -> Exception:
    return LibraryMissing.other(name) if error.name == name else error
