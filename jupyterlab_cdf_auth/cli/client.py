"""The HTTP client for one Jupyter server."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import httpx

from jupyterlab_cdf_auth.bounded_http import Trust

from .problem import Problem
from .servers import TOKEN_VARIABLE

if TYPE_CHECKING:
    from .servers import Server

#: Seconds: to find out whether a server is there, and until it has asked the provider.
CONNECT, ANSWER = 3.0, 60.0

#: What a header can carry, between two spaces (RFC 9110, section 5.5).
_SENDABLE = re.compile(r"[!-~]([ -~]*[!-~])?")


def open_client(server: Server) -> httpx.Client:
    """Prepare; nothing is asked yet.

    Raises Problem: ``token_unusable``, ``certificates_unusable``, ``proxy_unusable``.
    """
    headers = _headers(server)
    try:
        return httpx.Client(
            base_url=server.url,
            headers=headers,
            timeout=httpx.Timeout(ANSWER, connect=CONNECT),
            transport=httpx.HTTPTransport(uds=server.sock, trust_env=False)
            if server.sock
            else None,
            # A proxy could not reach this machine's loopback.
            trust_env=not server.is_local,
            verify=Trust("").context if server.url.startswith("https:") else True,
        )
    except OSError as error:
        raise Problem(
            "certificates_unusable",
            f"The certificates to trust can't be read ({error.strerror}).",
            "Set SSL_CERT_FILE to a PEM file that you can read, with the authority "
            f"that signed the certificate of {server.name}; or unset it.",
        ) from None
    except (httpx.InvalidURL, ImportError, ValueError):
        # What the error says may hold the proxy's password.
        raise Problem(
            "proxy_unusable",
            "A proxy that the environment names can't be used.",
            "Write HTTP_PROXY, HTTPS_PROXY and ALL_PROXY like http://proxy:8080, or "
            f'set NO_PROXY="*" where {server.name} is reached without one.',
        ) from None


def _headers(server: Server) -> dict[str, str]:
    # A server that is open to everybody still guards itself against the requests of
    # other pages, also where it is sent a token.
    pair = secrets.token_hex(16)
    headers = {
        "Accept": "application/json",
        "Cookie": f"_xsrf={pair}",
        "X-XSRFToken": pair,
    }
    if not server.token:
        return headers
    if not _SENDABLE.fullmatch(server.token):
        raise Problem(
            "token_unusable",
            f"The token for the Jupyter server at {server.name} can't be sent: it has "
            "other characters than ASCII's, or a space or line break around it.",
            f"If it is from {TOKEN_VARIABLE}, copy it again. If it is the server's "
            "own, start the server with another one.",
        )
    return {**headers, "Authorization": f"token {server.token}"}
