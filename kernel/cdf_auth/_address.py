"""Addresses that environment variables hold, and what they say of Entra ID."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import EnvironmentUnusable

if TYPE_CHECKING:
    from ._secret import Variables

#: Where Entra ID signs in, if nothing else is said.
ENTRA = "https://login.microsoftonline.com"

#: Microsoft Entra ID: the world, the US government, China.
ENTRA_HOSTS = frozenset(
    {
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
    }
)

_MAX_URL = 2048
# Visible ASCII, without a name and password, a fragment and a backslash.
_URL = re.compile(
    r"https?://[A-Za-z0-9.:\[\]-]+(/[!-\"$->@-\[\]-~]*)?(\?[!-\"$-\[\]-~]*)?"
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ENTRA_TOKEN = re.compile(r"(https://[^?]+?)/oauth2/(v2\.0/)?token")


def read(variables: Variables, variable: str, *, query: bool = False) -> str:
    """Read an address without its last slash, "" where it isn't set.

    Raises `EnvironmentUnusable` for anything but https (http on this machine only) and
    for a query, unless it may have one.
    """
    url = variables.text(variable)
    if url and not (is_safe(url) and (query or "?" not in url)):
        raise EnvironmentUnusable(
            "environment_invalid",
            f"{variable} is no address that can be used.",
            "Use https, without a name, a password or a fragment"
            f"{'' if query else ', and without a query'}; plain http is for "
            "localhost only.",
        )
    return url if query else url.rstrip("/")


def is_safe(url: str) -> bool:
    """Tell whether a secret may be sent there: https, or http on this machine."""
    if len(url) > _MAX_URL or not _URL.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or host in _LOOPBACK)


def is_loopback(url: str) -> bool:
    """Tell whether a safe address is on this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def authority_of(token_url: str) -> str:
    """Give the authority of a token endpoint of Entra ID, "" for another provider.

    Entra's path tells it, on whichever host: clouds of states have their own.
    """
    match = _ENTRA_TOKEN.fullmatch(token_url)
    return match[1] if match else ""


def may_ask(url: str, authority: str) -> bool:
    """Tell whether `authority` may name `url` as an endpoint of its own."""
    if not is_safe(url) or not url.startswith("https://"):
        return False
    host = urlsplit(url).netloc.lower()
    return host in ENTRA_HOSTS or host == urlsplit(authority).netloc.lower()


def cluster_of(base_url: str) -> str:
    """Give the cluster that a base URL of CDF names, "" for another host."""
    host = urlsplit(base_url).hostname or ""
    suffix = ".cognitedata.com"
    return host.removesuffix(suffix) if host.endswith(suffix) else ""
