"""Which addresses the server may send a user's token to.

The page names the address, so a wrong answer here would let a page read
internal services through this server or send a token to a stranger. A base URL
is therefore taken apart by one strict pattern instead of a lenient URL parser,
rebuilt from its parts, and compared exactly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .errors import CdfAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from logging import Logger

# No userinfo, query or fragment, no trailing dot, no international name (CDF has
# none, and a malformed one fails deep in the HTTP client), and ASCII only:
# re.ASCII keeps re.IGNORECASE from taking the Kelvin sign for a "k".
_LABEL = r"(?!xn--)[a-z0-9-]{1,63}"
_BASE_URL = re.compile(
    r"(?P<scheme>https?)://"
    rf"(?P<host>{_LABEL}(?:\.{_LABEL})*|\[::1\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[a-z0-9._~-]+)*)/?",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_CDF_SUFFIX = ".cognitedata.com"


@dataclass(frozen=True)
class BaseUrl:
    """A base URL of CDF in its one canonical form."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, text: str) -> BaseUrl | None:
        """Return the parts of a base URL, or None for anything unusual."""
        match = _BASE_URL.fullmatch(text)
        if match is None:
            return None
        scheme = match["scheme"].lower()
        port = int(match["port"] or _DEFAULT_PORTS[scheme])
        if not 0 < port <= _LAST_PORT:
            return None
        return cls(scheme, match["host"].lower(), port, match["path"])

    @property
    def is_loopback(self) -> bool:
        """Whether a request to it stays on this machine."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        """Rebuild the URL, without a default port and a trailing slash."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"


class CdfHosts:
    """The list of addresses at which CDF may be asked.

    These are `https://*.cognitedata.com`, `https://` plus each of
    ``extra_hosts`` ("host" or "host:port"), and ``base_urls``, those of the
    configured connections, for which plain http is good on loopback only.
    """

    def __init__(
        self, base_urls: Iterable[str], extra_hosts: Iterable[str], log: Logger
    ) -> None:
        """Take the configured addresses; unfit ones are logged and ignored."""
        self._allowed: set[BaseUrl] = set()
        for text in base_urls:
            self._allow(text, "baseUrl of a connection", log)
        for host in extra_hosts:
            self._allow(f"https://{host}", "entry of allowed_cdf_hosts", log)

    def _allow(self, text: str, what: str, log: Logger) -> None:
        base = BaseUrl.parse(text)
        if base is None or (base.scheme == "http" and not base.is_loopback):
            log.warning(
                "CDF will not be asked at %r (%s): an https address with nothing "
                "but a host, a port and a path is needed.",
                text,
                what,
            )
        else:
            self._allowed.add(base)

    def check(self, text: str) -> BaseUrl:
        """Return the base URL in its canonical form.

        Raises CdfAuthError ``host_not_allowed`` for one that is not listed.
        """
        base = BaseUrl.parse(text)
        if base is None or not (base in self._allowed or _is_cdf(base)):
            raise CdfAuthError(
                403,
                "host_not_allowed",
                "The Jupyter server does not ask for projects at this base URL.",
                "Check the base URL, or ask your administrator to add its host to "
                "c.CdfAuth.allowed_cdf_hosts.",
            )
        return base


def _is_cdf(base: BaseUrl) -> bool:
    # With the dot in the suffix, evilcognitedata.com is somebody else.
    return (
        base.scheme == "https"
        and base.port == _DEFAULT_PORTS["https"]
        and not base.path
        and base.host.endswith(_CDF_SUFFIX)
    )
