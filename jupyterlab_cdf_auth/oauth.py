"""OAuth 2.0 by msal for Python, which is synchronous, off the event loop.

msal keeps the refresh token in its memory. Its access tokens are not used twice: it
takes one with less than five minutes left for expired, and our margins are others.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from .access_token import read_access_token, seconds
from .authorities import origin_of
from .hosts import BaseUrl
from .msal_http import MsalHttp
from .provider_errors import (
    ProviderError,
    bad_answer,
    explain,
    sign_in_required,
    unreachable,
    unusable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor

    import msal

    from .access_token import AccessToken
    from .authorities import Authorities
    from .bounded_http import Trust
    from .clock import Clock

_T = TypeVar("_T")

#: Scopes that msal asks for by itself, and refuses to be asked for.
_OWN_SCOPES = frozenset({"openid", "profile", "offline_access"})

#: Seconds between two polls (RFC 8628, section 3.2) and for which a code is good.
_LEAST_INTERVAL, _MOST_INTERVAL = 1, 60
_MOST_EXPIRES_IN = 3600.0

#: An operation makes at most three requests, and may have to wait for a thread.
_REQUESTS = 4

_USER_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,62}[A-Za-z0-9]")
_MAX_NAME = 200


@dataclass(frozen=True)
class Account:
    """Who has signed in."""

    name: str
    username: str
    #: Issuer and object id: the same again only for the same person.
    identity: tuple[str, str]


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


@dataclass(frozen=True)
class OAuthSettings:
    """What every client of this server shares."""

    authorities: Authorities
    trust: Trust
    timeout_s: float
    pool: Executor
    clock: Clock


class OAuthClient:
    """A public client at one authority, for one person."""

    def __init__(
        self,
        settings: OAuthSettings,
        *,
        authority: BaseUrl,
        client_id: str,
    ) -> None:
        """Prepare; nobody is asked yet."""
        self._settings = settings
        self._authority = authority
        self._client_id = client_id
        self._app: msal.PublicClientApplication | None = None

    async def start_device_code(self, scopes: tuple[str, ...]) -> DeviceCode:
        """Ask for a code. Raises ProviderError."""
        return _device_code(
            await self._run(lambda app: app.initiate_device_flow(scopes=_asked(scopes)))
        )

    async def poll(
        self, code: DeviceCode, scopes: tuple[str, ...]
    ) -> tuple[Account, AccessToken] | None:
        """Ask once whether somebody has finished the sign-in; None: not yet.

        Raises ProviderError.
        """
        started = self._settings.clock.monotonic()
        answer = await self._run(
            lambda app: app.acquire_token_by_device_flow(
                code.flow, exit_condition=lambda _: True
            )
        )
        if answer.get("error") in {"authorization_pending", "slow_down"}:
            return None
        token = self._token(answer, scopes, started)
        return _account(answer.get("id_token_claims")), token

    async def renew(self, scopes: tuple[str, ...]) -> AccessToken:
        """Fetch a new token with the refresh token. Raises ProviderError."""

        def refresh(app: msal.PublicClientApplication) -> dict[str, Any] | None:
            accounts = app.get_accounts()
            if not accounts:
                return None
            answer: dict[str, Any] | None = app.acquire_token_silent_with_error(
                _asked(scopes), accounts[0], force_refresh=True
            )
            return answer

        started = self._settings.clock.monotonic()
        answer = await self._run(refresh)
        if not answer:
            raise sign_in_required("The sign-in service gave no refresh token.")
        return self._token(answer, scopes, started)

    def _token(
        self, answer: Mapping[str, Any], scopes: tuple[str, ...], started: float
    ) -> AccessToken:
        if "error" in answer:
            raise explain(answer)
        clock = self._settings.clock
        return read_access_token(answer, scopes, clock, clock.monotonic() - started)

    async def _run(self, call: Callable[[msal.PublicClientApplication], _T]) -> _T:
        """Run ``call`` in a thread, within a limit, and explain what goes wrong."""
        settings = self._settings
        loop = asyncio.get_running_loop()

        def work() -> _T:
            try:
                self._app = self._app or self._make(loop)
                return call(self._app)
            except ProviderError:
                raise
            except Exception as error:  # noqa: BLE001 - msal raises what it meets
                # The class name only: msal's texts may quote what came.
                raise bad_answer(
                    f"with something that msal cannot use ({type(error).__name__})"
                ) from None

        running = loop.run_in_executor(settings.pool, work)
        try:
            return await asyncio.wait_for(running, settings.timeout_s * _REQUESTS)
        except asyncio.TimeoutError:
            raise unreachable("it is too slow") from None

    def _make(self, loop: asyncio.AbstractEventLoop) -> msal.PublicClientApplication:
        # Most servers never need it, and it takes its time.
        import msal  # noqa: PLC0415

        # At DEBUG it writes device codes down.
        logger = logging.getLogger("msal")
        logger.setLevel(max(logger.level, logging.INFO))
        settings = self._settings
        client = MsalHttp(
            self._authority,
            settings.authorities,
            tls=settings.trust.context,
            timeout_s=settings.timeout_s,
            loop=loop,
        )
        try:
            return msal.PublicClientApplication(
                self._client_id,
                authority=str(self._authority),
                # It would ask login.microsoftonline.com about a host of its own;
                # the list of hosts is ours.
                instance_discovery=False,
                http_client=client,
            )
        except (ValueError, KeyError):
            raise unusable("its configuration cannot be read") from None


def _asked(scopes: tuple[str, ...]) -> list[str]:
    return [scope for scope in scopes if scope not in _OWN_SCOPES]


def _device_code(flow: dict[str, Any]) -> DeviceCode:
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


def _account(claims: object) -> Account:
    """Read an ID token's claims (OpenID Connect Core, section 2)."""
    if not isinstance(claims, dict):
        raise bad_answer("without an ID token")
    issuer, subject = claims.get("iss"), claims.get("oid") or claims.get("sub")
    if not (
        isinstance(issuer, str) and issuer and isinstance(subject, str) and subject
    ):
        raise bad_answer("with an ID token that names nobody")
    username = _text(claims.get("preferred_username")) or subject
    return Account(_text(claims.get("name")) or username, username, (issuer, subject))


def _text(value: object) -> str:
    return value[:_MAX_NAME] if isinstance(value, str) else ""
