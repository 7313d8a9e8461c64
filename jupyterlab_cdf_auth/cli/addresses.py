"""Addresses of servers, as people write them and as Jupyter leaves them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

import httpx

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS = {"http": 80, "https": 443}


def parse_address(address: str) -> SplitResult:
    """Take an address apart. Raises ValueError where no request could be sent there."""
    parts = urlsplit(address)
    port_of(parts)
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from None
    # Host names that would be refused only on the way: by httpx when it writes the
    # request, and by the socket when it looks the name up.
    url.host.encode()
    url.raw_host.decode().encode("idna")
    return parts


def origin(parts: SplitResult) -> tuple[str, str, int | None]:
    """Give scheme, host and port; this machine's loopback under one name."""
    host = parts.hostname or ""
    return parts.scheme, "localhost" if host in LOOPBACK else host, port_of(parts)


def port_of(parts: SplitResult) -> int | None:
    """Give the TCP port, also where it isn't written. Raises ValueError."""
    return parts.port or _PORTS.get(parts.scheme)
