"""CDF's token inspection, called from the server."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from .bounded_http import MAX_ANSWER_BYTES, AnswerTooLong, TimedOut, fetch
from .errors import CdfAuthError

if TYPE_CHECKING:
    import ssl

    from .hosts import BaseUrl

_PATH = "/api/v1/token/inspect"
# What CDF says about the token itself; the page must be able to tell it from
# what Jupyter says about its own session.
_REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_TYPE_PROJECT = "Check the base URL, or type the name of your project."


async def inspect_token(
    base: BaseUrl, token: str, *, tls: ssl.SSLContext, timeout_s: float
) -> dict[str, Any]:
    """Ask CDF what a token is good for.

    Returns ``{"status": 200, "answer": {…}}`` with CDF's own JSON, or
    ``{"status": 401 or 403, "answer": {…} or None}`` where CDF refuses the token.
    See https://api-docs.cognite.com/20230101/tag/Token/operation/inspectToken

    Raises CdfAuthError: ``cdf_timeout`` after ``timeout_s`` seconds in all,
    ``cdf_unreachable`` where no connection comes about, ``cdf_bad_answer`` for
    any other status, more than MAX_ANSWER_BYTES, or what is not a JSON object.
    """
    try:
        answer = await fetch(
            "GET",
            f"{base}{_PATH}",
            tls=tls,
            timeout_s=timeout_s,
            is_loopback=base.is_loopback,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )
    except AnswerTooLong:
        raise _bad_answer(base, f"with more than {MAX_ANSWER_BYTES} bytes") from None
    except TimedOut:
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

    verdict = _json_object(answer.body)
    if answer.status in _REFUSALS:
        return {"status": answer.status, "answer": verdict}
    if answer.status != HTTPStatus.OK:
        raise _bad_answer(base, f"with HTTP status {answer.status}")
    if verdict is None:
        raise _bad_answer(base, "with something that is not a JSON object")
    return {"status": answer.status, "answer": verdict}


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
