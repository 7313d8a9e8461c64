"""The gateway that keeps this server's kernels, where it is started with one.

Addresses, credentials and certificates are those that jupyter_server itself uses;
see `GatewayClient` in its documentation.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.gateway.managers import GatewayKernelManager
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketError, websocket_connect

if TYPE_CHECKING:
    from logging import Logger

    from tornado.websocket import WebSocketClientConnection

#: Bytes of one message; an output may be large, and is thrown away here.
_MAX_MESSAGE = 128 * 1024 * 1024

#: Seconds between two pings, which also show that a silent gateway has gone.
_PING_INTERVAL = 30.0

_OK, _NOT_FOUND = 200, 404
_REFUSALS = {401, 403}


class KernelGoneError(Exception):
    """The gateway answers, and says that it has no such kernel."""


class UnavailableError(Exception):
    """The gateway can't be reached, or not now; the text is without an address."""

    def __init__(self, reason: str, *, is_refusal: bool = False) -> None:
        """Say why; ``is_refusal``: it doesn't let this server in."""
        super().__init__(reason)
        self.is_refusal = is_refusal


@dataclass(frozen=True)
class KernelModel:
    """What the gateway tells about a kernel."""

    name: str
    is_busy: bool


def keeps(manager: object) -> bool:
    """Tell whether this is the manager of a kernel behind a gateway."""
    return isinstance(manager, GatewayKernelManager)


def unencrypted_host() -> str | None:
    """Give the host at which a gateway is reached over plain http, if it is.

    On this machine's own addresses nobody listens between the two.
    """
    client = GatewayClient.instance()
    if not client.gateway_enabled:
        return None
    for url in (client.url, client.ws_url):
        parts = urlsplit(url or "")
        host = parts.hostname or ""
        if parts.scheme in {"http", "ws"} and not _is_loopback(host):
            return host
    return None


def warn_of_plain_http(log: Logger) -> str | None:
    """Give that host, and say it in the log of the server's start."""
    host = unencrypted_host()
    if host is not None:
        log.warning(
            "The gateway at %s is reached over plain http: whoever is on the way there "
            "can read the tokens that kernels are given. Give --gateway-url an https "
            "address.",
            host,
        )
    return host


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def kernel_model(kernel_id: str) -> KernelModel:
    """Ask for a kernel. Raises KernelGoneError and UnavailableError."""
    code, answer = await _get(GatewayClient.instance().kernels_endpoint, kernel_id)
    # Something in front of a gateway that is being replaced may answer 404 as well,
    # but hardly as Jupyter does.
    if code == _NOT_FOUND and "message" in answer:
        raise KernelGoneError
    if code != _OK:
        raise _unavailable(code)
    return KernelModel(str(answer.get("name")), answer.get("execution_state") == "busy")


async def language(kernel_name: str) -> str:
    """Give the language of a kernelspec in lower case, empty where it isn't known."""
    endpoint = GatewayClient.instance().kernelspecs_endpoint
    _, answer = await _get(endpoint, kernel_name)
    spec = answer.get("spec")
    return str(spec.get("language") or "").lower() if isinstance(spec, dict) else ""


async def connect(kernel_id: str, session: str) -> WebSocketClientConnection:
    """Open the websocket to a kernel, in Jupyter's first framing: JSON texts.

    Every gateway speaks it, and jupyter_server's own connections do as well.
    Raises UnavailableError.
    """
    client = GatewayClient.instance()
    base, endpoint = client.ws_url or "", client.kernels_endpoint
    url = _join(base, endpoint, kernel_id, "channels")
    request = HTTPRequest(f"{url}?session_id={session}", **_arguments())
    made = websocket_connect(
        request, ping_interval=_PING_INTERVAL, max_message_size=_MAX_MESSAGE
    )
    try:
        return await asyncio.shield(made)
    except asyncio.CancelledError:
        close_when_made(cast("asyncio.Future[WebSocketClientConnection]", made))
        raise
    except HTTPClientError as error:
        raise _unavailable(error.code) from None
    except (OSError, StreamClosedError, WebSocketError) as error:
        raise _unavailable(error) from None


def close_when_made(made: asyncio.Future[WebSocketClientConnection]) -> None:
    """Close a websocket to which nobody looks forward any more.

    A connection that is being made can't be called off: it would stay open for ever.
    """

    def close(_: object) -> None:
        # What failed needs no closing.
        with suppress(Exception):
            made.result().close()

    made.add_done_callback(close)


async def _get(endpoint: str, name: str) -> tuple[int, dict[str, Any]]:
    client = GatewayClient.instance()
    url = _join(client.url or "", endpoint, name)
    try:
        # Not jupyter_server's own request: it tells a name that can't be resolved
        # and a kernel that isn't there in the same way, and writes addresses down.
        response = await AsyncHTTPClient().fetch(url, raise_error=False, **_arguments())
    except HTTPClientError as error:
        raise _unavailable(error.code) from None
    except (OSError, StreamClosedError) as error:
        raise _unavailable(error) from None
    client.update_cookies(response.headers)
    try:
        answer = json.loads(response.body)
    except ValueError:
        answer = None
    return response.code, answer if isinstance(answer, dict) else {}


def _arguments() -> dict[str, Any]:
    """Give the options of a request: headers with credentials, certificates, limits."""
    arguments: dict[str, Any] = GatewayClient.instance().load_connection_args()  # type: ignore[no-untyped-call]
    return arguments


def _join(base: str, endpoint: str, *names: str) -> str:
    path = "/".join(quote(name, safe="") for name in names)
    return f"{base.rstrip('/')}/{endpoint.strip('/')}/{path}"


def _unavailable(cause: int | Exception) -> UnavailableError:
    if cause in _REFUSALS:
        reason = f"HTTP {cause}; see c.GatewayClient.auth_token"
        return UnavailableError(reason, is_refusal=True)
    if isinstance(cause, int):
        return UnavailableError(f"HTTP {cause}")
    return UnavailableError(type(cause).__name__)
