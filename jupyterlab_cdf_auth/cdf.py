"""CDF's token inspection, called from the server.

httpx does the calling, for two reasons: it honours the proxies of the
environment (HTTPS_PROXY and friends), which tornado's client does not, and it
streams, so that an endless answer is cut off after a megabyte.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from .errors import CdfAuthError

if TYPE_CHECKING:
    from .hosts import BaseUrl

MAX_ANSWER_BYTES = 1_000_000
_PATH = "/api/v1/token/inspect"
# What CDF says about the token itself; the page must be able to tell it from
# what Jupyter says about its own session.
_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_TYPE_PROJECT = "Check the base URL, or type the name of your project."


async def inspect_token(base: BaseUrl, token: str, timeout_s: float) -> dict[str, Any]:
    """Ask CDF what a token is good for.

    Returns ``{"status": 200, "answer": {…}}`` with CDF's own JSON, or
    ``{"status": 401 or 403, "answer": {…} or None}`` where CDF refuses the token.
    See https://api-docs.cognite.com/20230101/tag/Token/operation/inspectToken

    Raises CdfAuthError: ``cdf_timeout`` after ``timeout_s`` seconds in all,
    ``cdf_unreachable`` where no connection comes about, ``cdf_bad_answer`` for
    any other status, more than MAX_ANSWER_BYTES, or what is not a JSON object.
    """
    try:
        status, body = await asyncio.wait_for(_get(base, token, timeout_s), timeout_s)
    except (asyncio.TimeoutError, httpx.TimeoutException):
        raise CdfAuthError(
            504,
            "cdf_timeout",
            f"CDF at {base} did not answer within {timeout_s:g} s.",
            "Try again in a moment, or type the name of your project.",
        ) from None
    except (httpx.RemoteProtocolError, httpx.DecodingError):
        raise _bad_answer(base, "with something that is not HTTP") from None
    except httpx.TransportError as error:
        # The class name only: the text of an error may quote what was sent.
        raise CdfAuthError(
            502,
            "cdf_unreachable",
            f"The Jupyter server cannot reach CDF at {base} ({type(error).__name__}).",
            "Check the cluster or the base URL, and the server's network and proxy.",
        ) from None

    answer = _json_object(body)
    if status in _REFUSALS:
        return {"status": status, "answer": answer}
    if status != HTTPStatus.OK:
        raise _bad_answer(base, f"with HTTP status {status}")
    if answer is None:
        raise _bad_answer(base, "with something that is not a JSON object")
    return {"status": status, "answer": answer}


async def _get(base: BaseUrl, token: str, timeout_s: float) -> tuple[int, bytes]:
    """Return the status and the body."""
    # A client for each call: a shared one would keep one user's cookies for the
    # next. httpx limits each read only; the caller limits the whole. A proxy
    # could not reach this machine's loopback.
    async with (
        httpx.AsyncClient(
            follow_redirects=False, timeout=timeout_s, trust_env=not base.is_loopback
        ) as client,
        client.stream(
            "GET",
            f"{base}{_PATH}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        ) as response,
    ):
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                raise _bad_answer(base, f"with more than {MAX_ANSWER_BYTES} bytes")
        return response.status_code, body


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _bad_answer(base: BaseUrl, how: str) -> CdfAuthError:
    return CdfAuthError(
        502, "cdf_bad_answer", f"CDF at {base} answered {how}.", _TYPE_PROJECT
    )
