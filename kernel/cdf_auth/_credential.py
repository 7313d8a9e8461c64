"""A credential for the clients of Azure's SDK, and what else knows its protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._azure_types import access_token, access_token_info
from ._place import find_place
from ._source import Following, another, another_async, check_resource
from ._usage_errors import BadScopes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials import AccessToken, AccessTokenInfo
    from typing_extensions import Self

    from ._place import Place
    from ._source import Source
    from ._token import Token


class _Base:
    """What both kinds of credential have."""

    __slots__ = ("_source",)

    def __init__(self, source: Source | None = None) -> None:
        """Give tokens of `source`, by default of what is selected."""
        self._source = source or Following()


class Credential(_Base):
    """Gives tokens to the clients of Azure's SDK.

        BlobServiceClient("https://ACCOUNT.blob.core.windows.net", credential)

    It is a `TokenCredential` and a `SupportsTokenInfo` of azure-core, which needn't be
    installed. The tokens are those of the account that is signed in to Cognite Data
    Fusion, which must have consented to the resource. `cdf_auth.credential` follows the
    selection; `credential.for_project(…)` and `context().credential` stay with their
    sign-in. `credential.aio` is the same for async clients.
    """

    __slots__ = ()

    @property
    def aio(self) -> AsyncCredential:
        """The same credential for async clients."""
        return AsyncCredential(self._source)

    def for_project(
        self, project: str | None = None, cluster: str | None = None
    ) -> ProjectCredential:
        """Give a credential that stays with the sign-in of this moment.

        Arguments and errors are those of `cdf_auth.client`.
        """
        return ProjectCredential(find_place(project, cluster))

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: object,
    ) -> AccessToken:
        """Give a token for `scopes`, which are of one resource.

        `claims`, with which a service challenges the token that it was sent, has a new
        one fetched. The tenant is always that of the sign-in: `tenant_id` and
        `enable_cae` change nothing.

        Raises `BadScopes`, and what `cdf_auth.get_token` raises.
        """
        _check(scopes, claims, tenant_id, enable_cae)
        return access_token(self._ask(scopes, claims))

    def get_token_info(
        self, *scopes: str, options: Mapping[str, Any] | None = None
    ) -> AccessTokenInfo:
        """Give a token and when to come back; `options` are as in `get_token`."""
        claims = _check_options(scopes, options)
        return access_token_info(self._ask(scopes, claims))

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def __enter__(self) -> Self:
        """Be a context manager, as azure-core wants it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing."""

    def _ask(self, scopes: tuple[str, ...], claims: str | None) -> Token:
        token = self._source.get_token(*scopes)
        return another(self._source, scopes, token) if claims else token


class ProjectCredential(Credential):
    """A credential that stays with a project and its sign-in."""

    __slots__ = ("base_url", "cluster", "project", "scopes")

    def __init__(self, place: Place) -> None:
        """Stay with `place`."""
        super().__init__(place.context)
        self.project = place.project
        self.cluster = place.cluster
        self.base_url = place.base_url
        #: What to ask for where the token is for CDF itself.
        self.scopes = place.scopes

    def __repr__(self) -> str:
        """Name the project and the cluster."""
        return f"<credential for {self.project!r} on {self.cluster!r}>"


class AsyncCredential(_Base):
    """What `Credential` is, for async clients: azure-core's `AsyncTokenCredential`."""

    __slots__ = ()

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **_: object,
    ) -> AccessToken:
        """Give a token as `Credential.get_token` does, without blocking the loop."""
        _check(scopes, claims, tenant_id, enable_cae)
        return access_token(await self._ask(scopes, claims))

    async def get_token_info(
        self, *scopes: str, options: Mapping[str, Any] | None = None
    ) -> AccessTokenInfo:
        """Give a token as `Credential.get_token_info` does."""
        claims = _check_options(scopes, options)
        return access_token_info(await self._ask(scopes, claims))

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""

    async def __aenter__(self) -> Self:
        """Be a context manager, as azure-core wants it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close nothing."""

    async def _ask(self, scopes: tuple[str, ...], claims: str | None) -> Token:
        token = await self._source.get_token_async(*scopes)
        return await another_async(self._source, scopes, token) if claims else token


def _check_options(
    scopes: tuple[str, ...], options: Mapping[str, Any] | None
) -> str | None:
    if options is not None and not hasattr(options, "get"):
        raise TypeError(f"options must be a dict, not {type(options).__name__}.")
    options = options or {}
    claims = options.get("claims")
    _check(scopes, claims, options.get("tenant_id"), options.get("enable_cae", False))
    return claims


def _check(
    scopes: tuple[str, ...], claims: object, tenant_id: object, enable_cae: object
) -> None:
    for name, value in (("claims", claims), ("tenant_id", tenant_id)):
        if not (value is None or isinstance(value, str)):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}.")
    if not isinstance(enable_cae, bool):
        raise TypeError("enable_cae must be True or False.")
    if not scopes:
        raise BadScopes.missing()
    check_resource(scopes)


#: Follows what is selected.
credential = Credential()
