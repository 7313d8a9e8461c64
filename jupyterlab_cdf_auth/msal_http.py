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
from .provider_errors import bad_answer, explain, unreachable, unusable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from .authorities import Authorities
    from .blocking import Blocking
    from .bounded_http import Answer
    from .hosts import BaseUrl


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
    """Asks one authority, and nobody else."""

    def __init__(
        self,
        authority: BaseUrl,
        authorities: Authorities,
        *,
        tls: ssl.SSLContext,
        timeout_s: float,
        blocking: Blocking,
    ) -> None:
        """Send requests by ``blocking``, each of which ends after ``timeout_s``."""
        self._authority = authority
        self._authorities = authorities
        self._tls = tls
        self._timeout_s = timeout_s
        self._blocking = blocking

    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> MsalResponse:
        """Send a GET; called by msal, in its thread."""
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
        form = {k: str(v) for k, v in (data or {}).items() if v is not None}
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
        # Discovery names the endpoints: they are checked as the authority was.
        origin = self._authorities.may_ask(url, self._authority)
        if origin is None:
            raise unusable("it names an endpoint at a host that is not allowed")
        request = partial(
            fetch,
            method,
            url,
            tls=self._tls,
            timeout_s=self._timeout_s,
            is_loopback=origin.is_loopback,
            headers={k: v for k, v in (headers or {}).items() if v is not None},
            form=form,
        )
        try:
            answer = self._blocking.wait_for(request, self._timeout_s)
            return _checked(method, answer)
        except TimedOut:
            raise unreachable(f"no answer within {self._timeout_s:g} s") from None
        except AnswerTooLong:
            raise bad_answer(f"with more than {MAX_ANSWER_BYTES} bytes") from None
        except (httpx.RemoteProtocolError, httpx.DecodingError):
            raise bad_answer("with something that is not HTTP") from None
        except (httpx.TransportError, TimeoutError, CancelledError) as error:
            # The class name only: the text of an error may quote what was sent.
            raise unreachable(type(error).__name__) from None


def _checked(method: str, answer: Answer) -> MsalResponse:
    """Let only a JSON object with a status of OAuth 2.0 through.

    msal would write any other body into the log, and a broken one may hold tokens.
    """
    status = answer.status
    if (
        status == HTTPStatus.TOO_MANY_REQUESTS
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    ):
        raise bad_answer(f"with HTTP status {status}")
    try:
        text = answer.body.decode()
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise bad_answer("with something that is not a JSON object")
    if method == "GET" and status >= HTTPStatus.BAD_REQUEST:
        # Discovery of a tenant that doesn't exist: msal would hide the reason.
        raise explain(value)
    return MsalResponse(status, answer.headers, text)
