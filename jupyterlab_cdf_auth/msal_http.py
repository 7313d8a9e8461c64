"""The HTTP client that msal is given: bounded, and bound to one identity provider.

msal is synchronous and runs in a thread; the request itself runs on the server's
event loop, where a limit on the whole of it can be held.
"""

from __future__ import annotations

import json
from concurrent.futures import CancelledError
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from .bounded_http import MAX_ANSWER_BYTES, AnswerTooLong, TimedOut, fetch
from .provider_errors import bad_answer, busy, explain, unreachable, unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .bounded_http import Answer
    from .hosts import BaseUrl
    from .oauth_settings import OAuthSettings


#: No provider answers so, whatever the body says.
_OF_PROXIES = frozenset(
    {HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.REQUEST_TIMEOUT}
)


class MsalResponse:
    """What msal reads of a response."""

    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        """Keep the parts."""
        self.status_code = status
        self.headers = headers
        self.text = text

    def raise_for_status(self) -> None:
        """Do nothing: a status that is no answer was refused before."""


class MsalHttp:
    """Asks one provider, and nobody else."""

    def __init__(
        self,
        settings: OAuthSettings,
        origin_of: Callable[[str], BaseUrl | None],
        discovery: Mapping[str, str] | None = None,
    ) -> None:
        """Ask a URL only if ``origin_of`` gives the origin of it.

        Where the endpoints are known, ``discovery`` is the answer to each GET.
        """
        self._settings = settings
        self._origin_of = origin_of
        self._discovery = discovery

    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> MsalResponse:
        """Send a GET; called by msal, in its thread."""
        if self._discovery is not None:
            return MsalResponse(HTTPStatus.OK, {}, json.dumps(self._discovery))
        query = f"?{urlencode(params)}" if params else ""
        return self._ask("GET", url + query, headers, None)

    def post(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> MsalResponse:
        """Send a form; called by msal, in its thread."""
        query = f"?{urlencode(params)}" if params else ""
        form = {k: _text(v) for k, v in (data or {}).items() if v is not None}
        return self._ask("POST", url + query, headers, form)

    def close(self) -> None:
        """Do nothing: each request closes what it has opened."""

    def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        form: dict[str, str] | None,
    ) -> MsalResponse:
        settings = self._settings
        request = partial(
            fetch,
            method,
            url,
            tls=settings.trust.context,
            timeout_s=settings.timeout_s,
            is_loopback=self._is_near(url),
            headers={k: v for k, v in (headers or {}).items() if v is not None},
            form=form,
        )
        try:
            answer = settings.blocking.wait_for(request, settings.timeout_s)
            return self._checked(method, answer)
        except TimedOut:
            raise unreachable(f"no answer within {settings.timeout_s:g} s") from None
        except AnswerTooLong:
            raise bad_answer(f"with more than {MAX_ANSWER_BYTES} bytes") from None
        except (httpx.RemoteProtocolError, httpx.DecodingError):
            raise bad_answer("with something that is not HTTP") from None
        except (httpx.TransportError, TimeoutError, CancelledError) as error:
            # The class name only: the text of an error may quote what was sent.
            raise unreachable(type(error).__name__) from None

    def _is_near(self, url: str) -> bool:
        """Tell whether no proxy can reach it. Raises ProviderError for a stranger's."""
        # Discovery names the endpoints: they are checked as the authority was.
        origin = self._origin_of(url)
        if origin is None:
            raise unusable("it names an endpoint at a host that is not allowed")
        return origin.is_loopback

    def _checked(self, method: str, answer: Answer) -> MsalResponse:
        """Let only an answer of OAuth 2.0 through: a JSON object that fits its status.

        Whatever else comes is a proxy's, or a guest network's, and passes. msal would
        write it into the log, and a broken one may hold tokens.
        """
        status = answer.status
        try:
            text = answer.body.decode()
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise busy()
        if status != HTTPStatus.OK and not _is_refusal(status, value):
            raise bad_answer(f"with HTTP status {status}")
        # msal takes an empty one for none.
        if not isinstance(value, dict) or not value:
            raise bad_answer("with something that is not a JSON object")
        if not isinstance(value.get("error", ""), str):
            raise bad_answer("with an error that is none of OAuth 2.0")
        if method == "GET" and status >= HTTPStatus.BAD_REQUEST:
            # msal would hide the reason, that a tenant doesn't exist for example.
            raise explain(value)
        return MsalResponse(status, answer.headers, text)


def _is_refusal(status: int, value: object) -> bool:
    """Tell whether it is an error response (RFC 6749, section 5.2) of a provider."""
    error = value.get("error") if isinstance(value, dict) else None
    return (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status not in _OF_PROXIES
        and isinstance(error, str)
        and error != ""
    )


def _text(value: object) -> str:
    # msal has a client's assertion as bytes.
    return value.decode() if isinstance(value, bytes) else str(value)
