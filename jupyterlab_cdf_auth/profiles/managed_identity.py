"""The identity that Azure gives a machine or a service, by msal.

See "Managed identities for Azure resources" of Entra's documentation. msal finds the
endpoint by the environment's variables; on a virtual machine it has a fixed address.
"""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyterlab_cdf_auth.access_token import read_access_token
from jupyterlab_cdf_auth.authorities import origin_of
from jupyterlab_cdf_auth.clock import Stopwatch
from jupyterlab_cdf_auth.msal_http import MsalHttp, MsalResponse
from jupyterlab_cdf_auth.provider_errors import ProviderError

from .faults import refused, request_refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_cdf_auth.access_token import AccessToken
    from jupyterlab_cdf_auth.bounded_http import Answer
    from jupyterlab_cdf_auth.oauth_settings import OAuthSettings

_REPLACE = "check the identities of this resource in Azure."
_SUFFIX = "/.default"


class ManagedIdentity:
    """The client of one profile."""

    kind = "managed-identity"

    def __init__(self, settings: OAuthSettings, identity: Mapping[str, str]) -> None:
        """Prepare; ``identity`` is empty for the system's, else has msal's name."""
        self._settings = settings
        self._identity = identity

    async def fetch(self, scopes: tuple[str, ...]) -> AccessToken:
        """Fetch a token. Raises ProviderError."""
        clock = self._settings.clock
        since_request = Stopwatch(clock)
        try:
            answer = await self._settings.run(partial(self._ask, scopes))
        except ProviderError as error:
            if error.code != "provider_unreachable":
                raise
            raise ProviderError(
                error.code,
                "Azure's endpoint for managed identities cannot be reached. "
                f"{error.message}",
                "A managed identity works on machines and services of Azure alone; "
                "if this is one, nothing needs to be done if it passes.",
                error.remedy,
                error.status,
            ) from None
        if "error" in answer:
            # These were checked. And its codes don't tell: an identity that isn't there
            # is an "invalid_request", and msal calls whatever App Service refuses an
            # "invalid_scope".
            raise refused(answer, _REPLACE, can_be_scopes=False)
        return read_access_token(answer, scopes, clock, since_request)

    def _ask(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        # Most servers never need it, and it takes its time.
        import msal  # noqa: PLC0415

        if len(scopes) != 1 or not scopes[0].endswith(_SUFFIX):
            raise request_refused(
                "A managed identity gives tokens for one resource at a time.",
                f'Ask for one scope like "https://…{_SUFFIX}".',
            )
        identity = (
            msal.UserAssignedManagedIdentity(**self._identity)
            if self._identity
            else msal.SystemAssignedManagedIdentity()
        )
        client = msal.ManagedIdentityClient(
            identity, http_client=_EndpointHttp(self._settings, origin_of)
        )
        resource = scopes[0].removesuffix(_SUFFIX)
        answer: dict[str, Any] = client.acquire_token_for_client(resource=resource)
        return answer


class _EndpointHttp(MsalHttp):
    """Asks the endpoint, whose refusals msal reads itself."""

    def _is_near(self, url: str) -> bool:  # noqa: ARG002 - wherever msal has found it
        """Ask it without a proxy: it is on this machine or beside it."""
        return True

    def _checked(self, method: str, answer: Answer) -> MsalResponse:
        if method == "GET" and answer.status in {
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
        }:
            return MsalResponse(answer.status, answer.headers, _refusal(answer.body))
        return super()._checked(method, answer)


def _refusal(body: bytes) -> str:
    """Give a refusal's JSON, which must be an object for msal."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        value = {"error": "invalid_request", "error_description": ""}
    return json.dumps(value)
