"""A client's id and secret at any OAuth 2.0 token endpoint (RFC 6749, section 4.4).

For providers other than Entra ID, such as Auth0 or Keycloak. Id and secret are sent in
the body, as the Cognite SDK sends them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from . import _https
from . import _provider as provider
from ._clock import Stopwatch
from ._issued import (
    MAX_LIFETIME,
    UNKNOWN_LIFETIME,
    claims_of,
    held,
    is_token,
    seconds_of,
    time_of,
)

if TYPE_CHECKING:
    from ._cache import Held
    from ._clock import Clock
    from ._environment import Application
    from ._secret import Secret


class ClientSecret:
    """Asks the token endpoint that the environment names."""

    def __init__(self, app: Application) -> None:
        """Prepare; nobody is asked yet."""
        self._app = app
        self._secret = cast("Secret", app.credential)

    def fetch(self, scopes: tuple[str, ...], clock: Clock) -> Held:
        """Get a token. Raises `TokenRefused`."""
        since_request = Stopwatch(clock)
        answer = _https.ask(
            "POST",
            self._app.token_url,
            form={
                "grant_type": "client_credentials",
                "client_id": self._app.client_id,
                "client_secret": self._secret.reveal(),
                **({"audience": self._app.audience} if self._app.audience else {}),
                **({"scope": " ".join(scopes)} if scopes else {}),
            },
        )
        if "error" in answer.fields:
            raise provider.explain(answer.fields, [self._secret.reveal()])
        return read_answer(answer.fields, clock, since_request)


def read_answer(
    fields: dict[str, object], clock: Clock, since_request: Stopwatch
) -> Held:
    """Read a token response (RFC 6749, section 5.1).

    `since_request` runs since the token was asked for.

    Raises `TokenRefused` where it holds no token that can be used.
    """
    if not is_token(fields.get("access_token")):
        raise provider.bad_answer("without an access token")
    kind = fields.get("token_type")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise provider.bad_answer("with a token of an unknown type")
    if "expires_in" in fields:
        lifetime = seconds_of(fields["expires_in"])
    else:
        # It is recommended only; a JWT says it too.
        ends = time_of(claims_of(str(fields["access_token"])), "exp")
        left = UNKNOWN_LIFETIME if ends is None else ends - clock.wall()
        lifetime = min(left, MAX_LIFETIME)
    if lifetime is None or lifetime <= 0:
        raise provider.bad_answer("with a token whose lifetime makes no sense")
    return held(str(fields["access_token"]), lifetime, since_request, clock)
