"""At which identity providers the server may sign people in.

A page or a program names the authority, so a wrong answer here would send a refresh
token to a stranger or make the server read internal addresses. The rule is that of
``hosts.py``: one strict pattern, rebuilt, compared exactly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import CdfAuthError
from .hosts import BaseUrl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from logging import Logger

#: Microsoft Entra ID: the world, the US government, China.
ENTRA_HOSTS = (
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
)

_MAX_URL = 2048
# Visible ASCII without a fragment; what comes before the path is checked as a whole.
_URL = re.compile(r"(?P<origin>https://[^/?#]*)[!-\"$-~]*", re.IGNORECASE | re.ASCII)


class Authorities:
    """The list of hosts (with their ports) at which an authority may be."""

    def __init__(
        self, authorities: Iterable[str], extra_hosts: Iterable[str], log: Logger
    ) -> None:
        """Take those of the configured connections, and "host" or "host:port".

        Unfit ones are logged and ignored.
        """
        self._allowed = {BaseUrl("https", host, 443, "") for host in ENTRA_HOSTS}
        for text in authorities:
            self._allow(origin_of(text), text, "authority of a connection", log)
        for host in extra_hosts:
            base = BaseUrl.parse(f"https://{host}")
            fits = base is not None and not base.path
            what = "entry of allowed_authority_hosts"
            self._allow(base if fits else None, host, what, log)

    def _allow(self, origin: BaseUrl | None, text: str, what: str, log: Logger) -> None:
        if origin is None:
            log.warning(
                "Nobody will be signed in at %r (%s): an https address is needed.",
                text,
                what,
            )
        else:
            self._allowed.add(origin)

    def check(self, text: str) -> BaseUrl:
        """Return an authority in its canonical form.

        Raises CdfAuthError ``authority_not_allowed`` for one that is not listed.
        """
        base = BaseUrl.parse(text)
        if (
            base is None
            or origin_of(text) not in self._allowed
            or not base.path
            or any(part in {"", ".", ".."} for part in base.path[1:].split("/"))
        ):
            raise CdfAuthError(
                403,
                "authority_not_allowed",
                "The Jupyter server does not sign in at this authority.",
                'Check "authority" and "tenant" of the connection, or ask your '
                "administrator to add the host to c.CdfAuth.allowed_authority_hosts.",
            )
        return base

    def may_ask(self, url: str, authority: BaseUrl) -> BaseUrl | None:
        """Return the origin of a URL that ``authority`` names as an endpoint.

        None where it is neither on the authority's own host nor on a listed one.
        """
        origin = origin_of(url)
        own = BaseUrl(authority.scheme, authority.host, authority.port, "")
        return origin if origin == own or origin in self._allowed else None


def origin_of(url: str) -> BaseUrl | None:
    """Return scheme, host and port of an https URL; None for anything unusual."""
    match = _URL.fullmatch(url) if len(url) <= _MAX_URL else None
    return BaseUrl.parse(match["origin"]) if match else None
