"""Authentication for requests. Imported by `requests_auth()` alone, which needs it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from requests.auth import AuthBase
from requests.exceptions import UnrewindableBodyError
from requests.utils import rewind_body

from ._source import another

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from ._kernel import Anything
    from ._source import Source

_UNAUTHORIZED = 401


class RequestsAuth(AuthBase):
    """Puts a token on each request, and a new one where it is refused."""

    def __init__(self, source: Source, scopes: tuple[str, ...]) -> None:
        """Take tokens for `scopes` from `source`."""
        self._source = source
        self._scopes = scopes

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Authenticate a request."""
        token = self._source.get_token(*self._scopes)
        r.headers["Authorization"] = f"Bearer {token}"
        r.register_hook("response", partial(self._repeat, token))
        return r

    def _repeat(
        self, token: str, response: Response, *_: object, **options: Anything
    ) -> Response:
        """Send the request of a refused `response` once more, with a new token."""
        # requests takes the header off where it follows a redirect to another host.
        sent = response.request.headers.get("Authorization")
        if response.status_code != _UNAUTHORIZED or sent != f"Bearer {token}":
            return response
        request = response.request.copy()
        if not _rewind(request):
            return response
        newer = another(self._source, self._scopes, token)
        if newer == token:
            return response
        # The connection is free again once the answer has been read.
        response.content  # noqa: B018 - reads it
        response.close()
        request.headers["Authorization"] = f"Bearer {newer}"
        repeated: Response = response.connection.send(request, **options)
        repeated.history.append(response)
        repeated.request = request
        return repeated


def _rewind(request: PreparedRequest) -> bool:
    if request.body is None or isinstance(request.body, (str, bytes)):
        return True
    try:
        rewind_body(request)
    except UnrewindableBodyError:
        return False
    return True
