"""An application that gets tokens by itself (RFC 6749, section 4.4), by msal."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jupyterlab_cdf_auth.access_token import read_access_token
from jupyterlab_cdf_auth.authorities import origin_of
from jupyterlab_cdf_auth.clock import Stopwatch
from jupyterlab_cdf_auth.msal_http import MsalHttp

from .faults import fault, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_cdf_auth.access_token import AccessToken
    from jupyterlab_cdf_auth.hosts import BaseUrl
    from jupyterlab_cdf_auth.oauth_settings import OAuthSettings

    from .secrets import Secret

_MAX_ASSERTION = 100_000


class Credential(Protocol):
    """What an application shows to the provider."""

    #: "secret", "certificate" or "workload-identity"
    kind: str
    #: How it is replaced, for a person.
    replace: str

    def client_credential(self) -> object:
        """Return msal's ``client_credential``. Raises ProviderError."""


class ClientSecret:
    """A secret that the application and the provider share."""

    kind = "secret"

    def __init__(self, secret: Secret) -> None:
        """Show ``secret``."""
        self._secret = secret
        self.replace = secret.replace

    def client_credential(self) -> str:
        """Return it. Raises ProviderError."""
        return self._secret.read()


class FederatedToken:
    """A token of another provider, which a platform keeps fresh in a file.

    See "Workload identity federation" of Entra's documentation. It is short-lived, and
    pods mount it readable for everybody in them.
    """

    kind = "workload-identity"

    def __init__(self, path: str) -> None:
        """Read ``path`` later, each time anew."""
        self._path = Path(path)
        self.replace = f"the platform writes {self._path}."

    def client_credential(self) -> dict[str, Callable[[], str]]:
        """Return msal's ``client_credential``. Raises ProviderError."""
        try:
            with self._path.open(encoding="ascii") as file:
                assertion = file.read(_MAX_ASSERTION).strip()
        except (OSError, ValueError) as error:
            raise fault(
                "secret_missing",
                "The token file of the workload identity cannot be read "
                f"({type(error).__name__}).",
                f"Check that the platform writes {self._path}.",
            ) from None
        if not assertion:
            raise fault(
                "secret_unusable",
                "The token file of the workload identity is empty.",
                f"Check that the platform writes {self._path}.",
            )
        return {"client_assertion": lambda: assertion}


class Application:
    """The client of one profile."""

    def __init__(
        self,
        settings: OAuthSettings,
        *,
        client_id: str,
        token_url: str,
        credential: Credential,
        audience: str | None,
    ) -> None:
        """Prepare; nobody is asked, and no secret is read yet."""
        self._settings = settings
        self._client_id = client_id
        self.token_url = token_url
        self.credential = credential
        self._audience = audience

    async def fetch(self, scopes: tuple[str, ...]) -> AccessToken:
        """Fetch a token. Raises ProviderError."""
        clock = self._settings.clock
        since_request = Stopwatch(clock)
        answer = await self._settings.run(partial(self._ask, scopes))
        if "error" in answer:
            raise refused(answer, self.credential.replace)
        return read_access_token(answer, scopes, clock, since_request)

    def _ask(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        # Most servers never need it, and it takes its time.
        import msal  # noqa: PLC0415

        url = self.token_url
        # The endpoint is configured, or follows a pattern: nothing is to be discovered.
        endpoints = ("issuer", "authorization_endpoint", "token_endpoint")
        http = MsalHttp(self._settings, self._own, dict.fromkeys(endpoints, url))
        # Made anew: the credential may have been replaced, and no token is to come out
        # of a cache of msal's.
        app = msal.ConfidentialClientApplication(
            self._client_id,
            client_credential=self.credential.client_credential(),
            oidc_authority=url,
            http_client=http,
        )
        data = {"audience": self._audience} if self._audience else {}
        answer: dict[str, Any] = app.acquire_token_for_client(list(scopes), data=data)
        return answer

    def _own(self, url: str) -> BaseUrl | None:
        return origin_of(url) if url == self.token_url else None
