"""HTTP requests that end: in time, after so many bytes, and where they were sent.

httpx does the calling, for two reasons: it honours the proxies of the environment
(HTTPS_PROXY and friends), which tornado's client does not, and it streams, so that
an endless answer is cut off.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

MAX_ANSWER_BYTES = 1_000_000


class AnswerTooLong(Exception):  # noqa: N818 - it is the answer's fault
    """The body has more than MAX_ANSWER_BYTES."""


class TimedOut(Exception):  # noqa: N818 - httpx calls its own TimeoutException
    """No whole answer came in time."""


@dataclass(frozen=True)
class Answer:
    """A status, the headers by their names in lower case, and the whole body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Trust:
    """Whom a server trusts over TLS, made once: that takes 20 ms."""

    def __init__(self, ca_bundle: str) -> None:
        """Trust the authorities of a PEM file, too, unless its name is empty."""
        self._ca_bundle = ca_bundle

    @cached_property
    def context(self) -> ssl.SSLContext:
        """The settings: httpx's own (SSL_CERT_FILE or certifi's) and the file's.

        Raises OSError where the file can't be used.
        """
        context = httpx.create_ssl_context()
        if self._ca_bundle:
            context.load_verify_locations(cafile=self._ca_bundle)
        return context


async def fetch(  # noqa: PLR0913 - what makes a request
    method: str,
    url: str,
    *,
    tls: ssl.SSLContext,
    timeout_s: float,
    is_loopback: bool,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request and read its answer; redirects are not followed.

    Raises TimedOut after ``timeout_s`` seconds in all, AnswerTooLong, and
    httpx.TransportError or httpx.DecodingError as httpx does.
    """

    async def send() -> Answer:
        # A client for each call: a shared one would keep one user's cookies for
        # the next. httpx limits each read only; the caller limits the whole. A
        # proxy could not reach this machine's loopback.
        async with (
            httpx.AsyncClient(
                follow_redirects=False,
                timeout=timeout_s,
                trust_env=not is_loopback,
                verify=tls,
            ) as client,
            client.stream(method, url, headers=headers, data=form) as response,
        ):
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise AnswerTooLong
            return Answer(response.status_code, dict(response.headers), body)

    try:
        return await asyncio.wait_for(send(), timeout_s)
    except (asyncio.TimeoutError, httpx.TimeoutException):
        raise TimedOut from None
