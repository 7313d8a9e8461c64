"""What a sign-in service's faults mean for a run without JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .errors import TokenRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MAX_TEXT = 1000
#: RFC 6749, section 5.2.
_ERROR = re.compile(r"[a-z0-9_.-]{1,64}", re.IGNORECASE)

_ADVICE = {
    "invalid_client": "Check IDP_CLIENT_ID and the secret or the certificate; "
    "they expire.",
    "unauthorized_client": "Check IDP_CLIENT_ID and IDP_TENANT_ID.",
    "invalid_scope": "Check IDP_SCOPES and CDF_CLUSTER.",
    "invalid_resource": "Check IDP_SCOPES and CDF_CLUSTER.",
    "invalid_target": "Check IDP_AUDIENCE and IDP_SCOPES.",
}
_SHOW = "Check the IDP_… variables, or show this text to your administrator."


def unreachable(what: str) -> TokenRefused:
    """Nobody answered, or not in time."""
    return TokenRefused(
        "provider_unreachable",
        f"The sign-in service can't be reached ({what}).",
        "Check the address, the network, the proxy (HTTPS_PROXY) and the certificate "
        "authorities (SSL_CERT_FILE or REQUESTS_CA_BUNDLE).",
    )


def bad_answer(how: str) -> TokenRefused:
    """Say that an answer can't be used; a proxy's page is the usual reason."""
    return TokenRefused(
        "provider_bad_answer",
        f"The sign-in service answered {how}.",
        "Check IDP_TOKEN_URL or IDP_AUTHORITY_URL, and the proxy.",
    )


def busy() -> TokenRefused:
    """Say that it is too busy (HTTP status 429); its own words may quote a secret."""
    return TokenRefused(
        "provider_busy",
        "The sign-in service is too busy to answer.",
        "Usually this passes within minutes; then try again.",
    )


def too_late() -> TokenRefused:
    """Say that a token came with hardly any time left."""
    return TokenRefused(
        "provider_slow",
        "The sign-in service answered too late: its token has almost expired.",
        "Check the network and the proxy.",
    )


def unusable(why: str) -> TokenRefused:
    """Its configuration doesn't serve us."""
    return TokenRefused(
        "provider_unusable",
        f"The sign-in service can't be used: {why}.",
        "Check IDP_TENANT_ID, IDP_AUTHORITY_URL and IDP_TOKEN_URL.",
    )


def application_mismatch() -> TokenRefused:
    """Say that a token is for another application or tenant."""
    return TokenRefused(
        "application_mismatch",
        "The sign-in service returned a token for another application or tenant. It "
        "was not used.",
        "Check IDP_CLIENT_ID, IDP_TENANT_ID, IDP_AUTHORITY_URL and IDP_TOKEN_URL.",
    )


def explain(answer: Mapping[str, Any], secrets: Iterable[str] = ()) -> TokenRefused:
    """Explain an OAuth 2.0 error; the service's own sentence is kept (AADSTS…).

    A service may quote what it was sent: `secrets` are taken out.
    """
    error = answer.get("error")
    is_code = isinstance(error, str) and _ERROR.fullmatch(error)
    code = str(error) if is_code else "sign_in_failed"
    told = _sentence(answer.get("error_description"))
    for secret in secrets:
        told = told.replace(secret, "[redacted]")
    if code in {"temporarily_unavailable", "server_error"}:
        code = "provider_busy"
    message = told or f"The sign-in service refused: {code}."
    # Conditional Access errors are AADSTS53xxx and 53xxxx, whatever `error` says.
    if re.match(r"AADSTS53\d{3}", told):
        code = "blocked_by_policy"
        message = f"A policy of your organisation blocks this application. {told}"
    return TokenRefused(code, message, _ADVICE.get(code, _SHOW))


def _sentence(text: object) -> str:
    """Give the first line, if any, without the trace ids that follow it."""
    if not isinstance(text, str) or not text.strip():
        return ""
    line = "".join(c if c.isprintable() else " " for c in text.strip().splitlines()[0])
    return re.sub(r"\s*Trace ID:.*$", "", line)[:_MAX_TEXT]
