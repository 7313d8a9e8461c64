"""Authentication for httpx. Imported by `httpx_auth()` alone, which needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from ._source import another, another_async

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from ._source import Source


class HttpxAuth(httpx.Auth):
    """Puts a token on each request, and a new one where it is refused."""

    def __init__(self, source: Source, scopes: tuple[str, ...]) -> None:
        """Take tokens for `scopes` from `source`."""
        self._source = source
        self._scopes = scopes

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate a request of `httpx.Client`."""
        token = self._source.get_token(*self._scopes)
        response = yield _signed(request, token)
        if _is_refused(response, token) and _can_repeat(request):
            newer = another(self._source, self._scopes, token)
            if newer != token:
                yield _signed(request, newer)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Authenticate a request of `httpx.AsyncClient`."""
        token = await self._source.get_token_async(*self._scopes)
        response = yield _signed(request, token)
        if _is_refused(response, token) and _can_repeat(request):
            newer = await another_async(self._source, self._scopes, token)
            if newer != token:
                yield _signed(request, newer)


def _signed(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request


def _is_refused(response: httpx.Response, token: str) -> bool:
    # httpx takes the header off where it follows a redirect to another host.
    sent = response.request.headers.get("Authorization")
    return response.status_code == httpx.codes.UNAUTHORIZED and (
        sent == f"Bearer {token}"
    )


def _can_repeat(request: httpx.Request) -> bool:
    try:
        _ = request.content
    except httpx.RequestNotRead:
        # A stream. One of httpx's own, of a form with files, starts again.
        fields: Any = getattr(request.stream, "fields", None)
        return fields is not None and all(_starts_again(one) for one in fields)
    return True


def _starts_again(field: object) -> bool:
    file = getattr(field, "file", b"")
    if isinstance(file, (str, bytes)):
        return True
    return hasattr(file, "seekable") and bool(file.seekable())
