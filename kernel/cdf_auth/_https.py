"""HTTP requests that end: in time, after so many bytes, and where they were sent.

By the standard library, which honours the proxies of the environment. Whatever goes
wrong is told without what was sent.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import (
    HTTPErrorProcessor,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from . import _provider as provider
from ._address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_BYTES = 1_000_000
_CHUNK = 65536
#: Seconds for each step of a request, and for the whole of it.
_STEP_LIMIT = 10.0
_LIMIT = 30.0


@dataclass(frozen=True)
class Answer:
    """A status of OAuth 2.0 and the JSON object that came with it."""

    status: int
    fields: dict[str, Any]

    def __repr__(self) -> str:
        """Leave the body out, which may hold a token."""
        return f"Answer(status={self.status})"


class _AsItIs(HTTPErrorProcessor):
    """Gives every answer back: no status is an exception, no redirect is followed."""

    def http_response(
        self,
        request: Request,  # noqa: ARG002 - the name of the base class
        response: http.client.HTTPResponse,
    ) -> http.client.HTTPResponse:
        return response

    https_response = http_response


def ask(
    method: str,
    url: str,
    *,
    form: Mapping[str, str | bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request to a safe address and read its answer.

    Raises `TokenRefused` where there is none, or one that isn't OAuth 2.0's.
    """
    request = Request(  # noqa: S310 - the address has been checked
        url,
        data=None if form is None else urlencode(form).encode(),
        headers={"Accept": "application/json", **(headers or {})},
        method=method,
    )
    try:
        with _opener(url).open(request, timeout=_STEP_LIMIT) as response:
            return _checked(response.status, _read(response))
    except http.client.RemoteDisconnected:
        raise provider.unreachable("it closes the connection") from None
    except (http.client.HTTPException, UnicodeError):
        raise provider.bad_answer("with something that is not HTTP") from None
    except TimeoutError:
        raise provider.unreachable("it is too slow") from None
    except URLError as error:
        raise provider.unreachable(_why(error.reason)) from None
    except OSError as error:
        raise provider.unreachable(_why(error)) from None


def _opener(url: str) -> OpenerDirector:
    # A proxy could not reach this machine's loopback.
    proxies = ProxyHandler({} if is_loopback(url) else None)
    return build_opener(_AsItIs, proxies, HTTPSHandler(context=_trust()))


def _trust() -> ssl.SSLContext:
    """Trust the machine's authorities (SSL_CERT_FILE) and those that requests does."""
    context = ssl.create_default_context()
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or _certifi()
    if bundle:
        if os.path.isdir(bundle):  # noqa: PTH112 - it is a text
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    return context


def _certifi() -> str:
    """Give certifi's list, which some Pythons have instead of one of the machine."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return ""
    try:
        import certifi  # noqa: PLC0415 - it may not be there
    except ImportError:
        return ""
    return str(certifi.where())


def _read(response: Any) -> bytes:  # noqa: ANN401 - `http.client`'s or urllib's
    ends = time.monotonic() + _LIMIT
    body = b""
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > _MAX_BYTES:
            raise provider.bad_answer(f"with more than {_MAX_BYTES} bytes")
        if time.monotonic() > ends:
            raise TimeoutError
    return body


def _checked(status: int, body: bytes) -> Answer:
    """Take only an answer of OAuth 2.0: a JSON object that fits its status.

    Whatever else comes is a proxy's, or a guest network's, and may pass.
    """
    try:
        fields = json.loads(body.decode())
    except (ValueError, RecursionError):
        fields = None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise provider.busy()
    error = fields.get("error", "") if isinstance(fields, dict) else None
    if status != HTTPStatus.OK and not (_can_refuse(status) and error):
        raise provider.bad_answer(f"with HTTP status {status}")
    if not isinstance(fields, dict):
        raise provider.bad_answer("with something that is not a JSON object")
    if not isinstance(error, str):
        raise provider.bad_answer("with an error that is none of OAuth 2.0")
    return Answer(status, fields)


def _can_refuse(status: int) -> bool:
    """Tell whether a provider refuses so (RFC 6749, section 5.2), and no proxy."""
    return (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status
        not in {HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.REQUEST_TIMEOUT}
    )


def _why(reason: object) -> str:
    """Name the fault; the texts of the operating system hold nothing that was sent."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate isn't trusted: {reason.verify_message}"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return type(reason).__name__
