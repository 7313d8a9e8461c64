"""A client's secret or certificate at Entra ID, by msal for Python.

msal is given an HTTP client of ours, so that a secret goes where the environment says
and nowhere else. Its cache isn't used: it takes a token with less than five minutes
left for expired, and our margins are others.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from . import _https
from . import _provider as provider
from ._address import may_ask
from ._client_secret import read_answer
from ._clock import Stopwatch
from ._environment import Certificate
from ._token_owner import is_foreign_token, tenant_in
from .errors import CdfAuthError, EnvironmentUnusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._cache import Held
    from ._clock import Clock
    from ._environment import Application


#: What msal must find in the configuration, and what it reads of a token's answer.
_ENDPOINTS = frozenset({"authorization_endpoint", "token_endpoint"})
_READ = ("access_token", "token_type", "expires_in")


class Entra:
    """Asks Entra ID as a confidential client."""

    def __init__(self, app: Application) -> None:
        """Prepare; nobody is asked yet."""
        self._app = app
        self._msal: Any = None

    def fetch(self, scopes: tuple[str, ...], clock: Clock) -> Held:
        """Get a token. Raises `TokenRefused` and `EnvironmentUnusable`."""
        self._msal = self._msal or self._guarded(lambda: self._make(clock))
        since_request = Stopwatch(clock)
        answer = self._guarded(lambda: self._acquire(scopes))
        if "error" in answer:
            secret = self._app.credential
            hidden = [] if isinstance(secret, Certificate) else [secret.reveal()]
            raise provider.explain(answer, hidden)
        app = self._app
        tenant = tenant_in(app.authority)
        if is_foreign_token(str(answer.get("access_token")), tenant, app.client_id):
            raise provider.application_mismatch()
        return read_answer(answer, clock, since_request)

    def _acquire(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        self._msal.remove_tokens_for_client()
        answer: dict[str, Any] = self._msal.acquire_token_for_client(list(scopes))
        return answer

    def _make(self, clock: Clock) -> Any:  # noqa: ANN401 - msal has no types
        try:
            import msal  # noqa: PLC0415 - it may not be there
        except ImportError:
            raise EnvironmentUnusable(
                "msal_missing",
                "Getting a token from Entra ID needs the package msal, which isn't "
                "installed in this Python environment.",
                "Install it there: pip install cdf-auth[msal]",
            ) from None
        # At DEBUG it writes down what it sends and gets, more or less redacted.
        logger = logging.getLogger("msal")
        logger.setLevel(max(logger.level, logging.INFO))
        return msal.ConfidentialClientApplication(
            self._app.client_id,
            client_credential=self._credential(),
            authority=self._app.authority,
            # It would ask login.microsoftonline.com about a host of its own.
            instance_discovery=False,
            http_client=_Http(self._app.authority, clock),
        )

    def _credential(self) -> str | dict[str, str]:
        credential = self._app.credential
        if isinstance(credential, Certificate):
            from ._certificate import load  # noqa: PLC0415 - few need it

            return load(credential)
        return credential.reveal()

    def _guarded(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Explain what msal and its libraries raise, without their texts."""
        try:
            return call()
        except CdfAuthError:
            raise
        except Exception as error:  # noqa: BLE001 - msal raises what it meets
            name = type(error).__name__
        if isinstance(self._app.credential, Certificate):
            raise EnvironmentUnusable(
                "certificate_unusable",
                "The certificate that IDP_CERTIFICATE_PATH names can't be used to sign "
                f"in ({name}).",
                "It must have an RSA key. Check IDP_CERTIFICATE_PASSWORD.",
            )
        raise provider.unusable(f"msal can't work with it ({name})")


class _Response:
    """What msal reads of a response."""

    def __init__(self, status: int, text: str) -> None:
        self.status_code = status
        self.headers: dict[str, str] = {}
        self.text = text

    def raise_for_status(self) -> None:
        """Do nothing: a status that is no answer was refused before."""


class _Http:
    """The HTTP client of msal: bounded, and bound to one authority."""

    def __init__(self, authority: str, clock: Clock) -> None:
        self._authority = authority
        self._clock = clock

    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **_options: object,
    ) -> _Response:
        """Send a GET."""
        return self._ask("GET", url, params, headers, None)

    def post(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **_options: object,
    ) -> _Response:
        """Send a form."""
        # What a certificate has signed comes as bytes.
        form = {
            name: value if isinstance(value, bytes) else str(value)
            for name, value in (data or {}).items()
            if value is not None
        }
        return self._ask("POST", url, params, headers, form)

    def close(self) -> None:
        """Do nothing: each request closes what it has opened."""

    def _ask(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        form: dict[str, str | bytes] | None,
    ) -> _Response:
        # Discovery names the endpoints.
        if not may_ask(url, self._authority):
            raise provider.unusable("it names an endpoint on another host")
        query = f"?{urlencode(params)}" if params else ""
        sent = {k: str(v) for k, v in (headers or {}).items() if v is not None}
        answer = _https.ask(method, url + query, form=form, headers=sent)
        fields = answer.fields
        if method == "GET":
            if answer.status >= HTTPStatus.BAD_REQUEST:
                # Of a tenant that doesn't exist: msal would hide the reason.
                raise provider.explain(fields)
            if not fields.keys() >= _ENDPOINTS:
                raise provider.bad_answer("without its configuration")
        elif "error" not in fields:
            # Nothing that msal would stumble over, as if the credential were bad.
            read_answer(fields, self._clock, Stopwatch(self._clock))
            fields = {name: fields[name] for name in _READ if name in fields}
        return _Response(answer.status, json.dumps(fields))
