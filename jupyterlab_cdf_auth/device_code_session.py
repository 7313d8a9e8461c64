"""The sign-in of one person, by a device code."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .clock import Deadline
from .provider_errors import (
    ProviderError,
    Remedy,
    expired,
    not_moved,
    other_account,
    sign_in_required,
    wrong_account,
    wrong_tenant,
)
from .session import Session, Status
from .session_record import SessionRecord
from .token_owner import Owner, is_foreign_token, is_other_tenant

if TYPE_CHECKING:
    from .access_token import AccessToken
    from .clock import Clock
    from .models import Connection
    from .oauth import OAuthClient
    from .sign_in_answers import Account, DeviceCode

#: Seconds for which a sign-in that failed is still shown.
FAILED_FOR = 600.0


class DeviceCodeSession(Session):
    """A session whose refresh token msal keeps."""

    def __init__(self, user: str, connection: Connection, clock: Clock) -> None:
        """Make one that waits for `begin`."""
        super().__init__(user, connection, clock)
        self._client: OAuthClient | None = None
        self._code: DeviceCode | None = None
        self._code_ends = 0.0
        self._polling: asyncio.Task[None] | None = None
        self._failed_until: Deadline | None = None

    @property
    def is_forgotten(self) -> bool:
        """Whether it has failed and was shown for long enough."""
        return self._failed_until is not None and self._failed_until.remaining <= 0

    @property
    def can_be_renewed(self) -> bool:
        """Whether it has ended; a renewal that was begun may be begun again."""
        is_renewing = self.status is Status.PENDING and self.account is not None
        return is_renewing or self.status is Status.ENDED

    async def begin(self, client: OAuthClient, connection: Connection) -> None:
        """Ask for a device code and wait, in the background, for a person to use it.

        A code from before is of no use then. Raises ProviderError where there is no
        code to be had; nothing has changed then.
        """
        code = await client.start_device_code(connection.scopes)
        if self.is_closed:
            raise sign_in_required("The session was signed out meanwhile.")
        if self.status is Status.ACTIVE:
            # Somebody has used the code from before in the meantime.
            return
        self._stop_polling()
        self.connection = connection
        self._code = code
        self._code_ends = self._clock.monotonic() + code.expires_in
        self.problem = self._failed_until = None
        self.status = Status.PENDING
        self._polling = asyncio.ensure_future(self._poll(client, code))

    def close(self) -> None:
        """Forget everything: called off, or signed out."""
        super().close()
        self._stop_polling()
        self._client = self._code = None

    def as_json(self, kernels: int) -> dict[str, Any]:
        """Return what a page is told; the code that it has to show included."""
        code = self._code
        return {
            **super().as_json(kernels),
            "device": code
            and {
                "userCode": code.user_code,
                "verificationUri": code.verification_uri,
                "expiresIn": max(0, int(self._code_ends - self._clock.monotonic())),
            },
        }

    def resume(self, client: OAuthClient, account: Account) -> None:
        """Go on as before a restart of the server."""
        self.account = account
        self._go_on(client)

    def record(self) -> SessionRecord | None:
        """Give what goes on after a restart of the server; None while nothing does."""
        client, account = self._client, self.account
        if client is None or account is None:
            return None
        return SessionRecord(self.user, self.connection, account, client.cache)

    async def _fetch(self, scopes: tuple[str, ...]) -> AccessToken:
        client, account = self._client, self.account
        if client is None or account is None:
            raise sign_in_required()
        try:
            return await client.renew(scopes, account)
        except ProviderError as error:
            if error.remedy is Remedy.SIGN_IN and client is self._client:
                self._credentials.clear()
                self._client = None
                self.problem = error
                self.status = Status.ENDED
            raise

    async def _poll(self, client: OAuthClient, code: DeviceCode) -> None:
        """Poll as RFC 8628, section 3.5, says, until there is an end."""
        try:
            # The code's time is the monotonic clock's alone: a wall clock that is
            # set forward must not end it, and the provider knows best anyway.
            while self._clock.monotonic() < self._code_ends:
                await self._clock.sleep(code.interval)
                finished = await self._poll_once(client, code)
                # Before Python 3.12 wait_for() can swallow a cancellation.
                if self._code is not code:
                    return
                if finished:
                    self._activate(client, *finished)
                    return
            raise expired()
        except ProviderError as error:
            if self._code is code:
                self._fail(error)

    async def _poll_once(
        self, client: OAuthClient, code: DeviceCode
    ) -> tuple[Account, AccessToken] | None:
        try:
            return await client.poll(code, self.connection.scopes)
        except ProviderError as error:
            if error.remedy is Remedy.TIME:
                # The network may be back at the next poll; the code is still good.
                return None
            raise

    def _activate(
        self, client: OAuthClient, account: Account, token: AccessToken
    ) -> None:
        known = self.account
        if known is not None and known.identity != account.identity:
            raise other_account(known.username, account.username)
        if self.replaces is not None and not self.replaces.is_of(account):
            raise not_moved(self.replaces.username, account.username)
        if is_other_tenant(self.connection, account):
            raise wrong_tenant(account.username)
        if is_foreign_token(token.text, Owner.of_person(account)):
            raise wrong_account()
        self.account = account
        self._code = None
        self._go_on(client)
        self._credentials.put(token)
        self.on_changed(self)

    def _go_on(self, client: OAuthClient) -> None:
        self._client = client
        client.on_replaced = lambda: self.on_changed(self)
        self._credentials.clear()
        self.status = Status.ACTIVE

    def _fail(self, error: ProviderError) -> None:
        self._code = None
        self.problem = error
        if self.account is None:
            self._failed_until = Deadline(self._clock, FAILED_FOR)
            self.status = Status.FAILED
        else:
            self.status = Status.ENDED

    def _stop_polling(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None
