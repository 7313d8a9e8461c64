"""OAuth 2.0 by msal for Python, which is synchronous, off the event loop.

msal keeps the refresh token in its memory. Its access tokens are not used twice: it
takes one with less than five minutes left for expired, and our margins are others.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .access_token import read_access_token
from .clock import Stopwatch
from .msal_http import MsalHttp
from .provider_errors import (
    bad_answer,
    error_of,
    explain,
    sign_in_required,
    unusable,
    wrong_account,
)
from .sign_in_answers import read_account, read_device_code
from .token_owner import belongs_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import msal

    from .access_token import AccessToken
    from .hosts import BaseUrl
    from .oauth_settings import OAuthSettings
    from .sign_in_answers import Account, DeviceCode

_T = TypeVar("_T")

#: Scopes that msal asks for by itself, and refuses to be asked for.
_OWN_SCOPES = frozenset({"openid", "profile", "offline_access"})


class OAuthClient:
    """A public client at one authority, for one person."""

    def __init__(
        self,
        settings: OAuthSettings,
        *,
        authority: BaseUrl,
        client_id: str,
        cache: str | None = None,
    ) -> None:
        """Prepare; nobody is asked yet. ``cache`` is what `cache` gave before."""
        self._settings = settings
        self._authority = authority
        self._client_id = client_id
        self._kept = cache
        #: Called in a thread when the refresh token has been replaced.
        self.on_replaced: Callable[[], None] = lambda: None
        self._cache: msal.SerializableTokenCache | None = None
        self._app: msal.PublicClientApplication | None = None
        self._renewing = asyncio.Lock()

    async def start_device_code(self, scopes: tuple[str, ...]) -> DeviceCode:
        """Ask for a code. Raises ProviderError."""
        return read_device_code(
            await self._run(lambda app: app.initiate_device_flow(scopes=_asked(scopes)))
        )

    async def poll(
        self, code: DeviceCode, scopes: tuple[str, ...]
    ) -> tuple[Account, AccessToken] | None:
        """Ask once whether somebody has finished the sign-in; None: not yet.

        Raises ProviderError.
        """
        since_request = Stopwatch(self._settings.clock)
        answer = await self._run(
            lambda app: app.acquire_token_by_device_flow(
                code.flow, exit_condition=lambda _: True
            )
        )
        if error_of(answer) in {"authorization_pending", "slow_down"}:
            return None
        if "error" in answer:
            raise explain(answer)
        token = self._token(answer, scopes, since_request)
        return read_account(answer.get("id_token_claims")), token

    async def renew(self, scopes: tuple[str, ...], account: Account) -> AccessToken:
        """Fetch a new token of ``account`` with the refresh token.

        Raises ProviderError, for a token of somebody else too.
        """

        def refresh(app: msal.PublicClientApplication) -> dict[str, Any] | None:
            before = self.cache
            accounts = app.get_accounts()
            if not accounts:
                return None
            answer: dict[str, Any] | None = app.acquire_token_silent_with_error(
                _asked(scopes), accounts[0], force_refresh=True
            )
            if answer and not belongs_to(answer, account):
                # Before it is kept: there may be another refresh token with it.
                raise wrong_account()
            if self.cache != before:
                # Before anybody works with what came: the old one may be of no use.
                self.on_replaced()
            return answer

        # One at a time: a provider that rotates refresh tokens takes each one once.
        async with self._renewing:
            since_request = Stopwatch(self._settings.clock)
            answer = await self._run(refresh)
        if not answer:
            raise sign_in_required("The sign-in service gave no refresh token.")
        if "error" in answer:
            raise explain(answer, is_renewal=True)
        return self._token(answer, scopes, since_request)

    @property
    def cache(self) -> str | None:
        """What goes on after a restart: msal's cache without access tokens."""
        if self._cache is None:
            return self._kept
        value: dict[str, Any] = json.loads(self._cache.serialize())
        value.pop("AccessToken", None)
        return json.dumps(value)

    def _token(
        self,
        answer: Mapping[str, Any],
        scopes: tuple[str, ...],
        since_request: Stopwatch,
    ) -> AccessToken:
        clock = self._settings.clock
        return read_access_token(answer, scopes, clock, since_request)

    async def _run(self, call: Callable[[msal.PublicClientApplication], _T]) -> _T:
        def work() -> _T:
            self._app = self._app or self._make()
            return call(self._app)

        return await self._settings.run(work)

    def _make(self) -> msal.PublicClientApplication:
        # Most servers never need it, and it takes its time.
        import msal  # noqa: PLC0415

        settings = self._settings
        origin_of = partial(settings.authorities.may_ask, authority=self._authority)
        cache = self._cache = msal.SerializableTokenCache()
        if self._kept is not None:
            cache.deserialize(self._kept)
        try:
            return msal.PublicClientApplication(
                self._client_id,
                authority=str(self._authority),
                # It would ask login.microsoftonline.com about a host of its own;
                # the list of hosts is ours.
                instance_discovery=False,
                http_client=MsalHttp(settings, origin_of),
                token_cache=cache,
            )
        except KeyError:
            raise bad_answer("without its configuration") from None
        except ValueError:
            raise unusable("its configuration cannot be read") from None


def _asked(scopes: tuple[str, ...]) -> list[str]:
    return [scope for scope in scopes if scope not in _OWN_SCOPES]
