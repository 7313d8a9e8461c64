"""What a provider answers to a sign-in with a device code, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .access_token import seconds
from .authorities import origin_of
from .hosts import BaseUrl
from .provider_errors import bad_answer, explain

#: Seconds between two polls (RFC 8628, section 3.2) and for which a code is good.
_LEAST_INTERVAL, _MOST_INTERVAL = 1, 60
_MOST_EXPIRES_IN = 3600.0

_USER_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,62}[A-Za-z0-9]")
_MAX_NAME = 200


@dataclass(frozen=True)
class Account:
    """Who has signed in."""

    name: str
    username: str
    #: Issuer and object id: the same again only for the same person.
    identity: tuple[str, str]
    #: ``tid`` of the ID token, "" where it has none, and after a restart.
    tenant: str = field(default="", compare=False)


@dataclass
class DeviceCode:
    """A code that a person enters on another page (RFC 8628)."""

    user_code: str
    verification_uri: str
    expires_in: float
    flow: dict[str, Any] = field(repr=False)

    @property
    def interval(self) -> float:
        """Seconds to wait before the next poll; msal adds to it on ``slow_down``."""
        return float(min(_MOST_INTERVAL, self.flow["interval"]))


def read_device_code(flow: dict[str, Any]) -> DeviceCode:
    """Read a device authorization response (RFC 8628, section 3.2)."""
    if "error" in flow:
        raise explain(flow)
    code, uri = flow.get("user_code"), flow.get("verification_uri")
    expires_in = seconds(flow.get("expires_in"))
    if (
        not isinstance(flow.get("device_code"), str)
        or not isinstance(code, str)
        or not _USER_CODE.fullmatch(code)
        or not isinstance(uri, str)
        or not _is_page(uri)
    ):
        raise bad_answer("without a code to enter, or the page to enter it at")
    if expires_in is None or expires_in <= 0:
        raise bad_answer("with a code whose lifetime makes no sense")
    flow["interval"] = max(_LEAST_INTERVAL, min(_MOST_INTERVAL, flow["interval"]))
    return DeviceCode(code, uri, min(expires_in, _MOST_EXPIRES_IN), flow)


def _is_page(uri: str) -> bool:
    """Whether a person can be sent there: https, or http on this machine."""
    if origin_of(uri) is not None:
        return True
    base = BaseUrl.parse(uri)
    return base is not None and base.is_loopback


def read_account(claims: object) -> Account:
    """Read an ID token's claims (OpenID Connect Core, section 2)."""
    if not isinstance(claims, dict):
        raise bad_answer("without an ID token")
    identities = identities_of(claims)
    if not identities:
        raise bad_answer("with an ID token that names nobody")
    identity = identities[0]
    username = _text(claims.get("preferred_username")) or identity[1]
    name = _text(claims.get("name")) or username
    return Account(name, username, identity, _text(claims.get("tid")))


def identities_of(claims: object) -> list[tuple[str, str]]:
    """Give what an ID token can be known by; nothing where it names nobody."""
    if not isinstance(claims, dict):
        return []
    issuer, subjects = claims.get("iss"), (claims.get("oid"), claims.get("sub"))
    if not isinstance(issuer, str) or not issuer:
        return []
    return [(issuer, one) for one in subjects if isinstance(one, str) and one]


def _text(value: object) -> str:
    return value[:_MAX_NAME] if isinstance(value, str) else ""
