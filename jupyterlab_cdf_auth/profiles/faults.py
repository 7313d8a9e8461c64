"""What can be wrong with an application's own credential.

A cell that asks waits meanwhile, as for a sign-in: a job of a night goes on once the
administrator has put it right. What only the cell's author can mend is an error there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterlab_cdf_auth.provider_errors import ProviderError, Remedy, error_of, explain

if TYPE_CHECKING:
    from collections.abc import Mapping


def fault(code: str, message: str, action: str) -> ProviderError:
    """Say what an administrator must put right."""
    return ProviderError(code, message, action, Remedy.ADMINISTRATOR, 503)


def refused(
    answer: Mapping[str, object], replace: str, *, can_be_scopes: bool = True
) -> ProviderError:
    """Explain why an application gets no token (RFC 6749, section 5.2).

    ``replace`` tells how its credential is replaced, ``can_be_scopes`` whether the
    scopes that were asked for can be what is wrong.
    """
    error = explain(answer, is_renewal=True)
    if error.remedy is Remedy.TIME:
        return error
    number = re.match(r"AADSTS(\d+)", error.message)
    known = _KNOWN.get(number[1] if number else "")
    kind = error_of(answer)
    if can_be_scopes and known is None and kind in _OF_THE_REQUEST:
        return request_refused(error.message, _ASK_OTHERWISE)
    code, action = known or (_CODES.get(kind, "profile_refused"), _SHOW)
    return fault(code, error.message, action.format(replace=replace))


def application_mismatch() -> ProviderError:
    """Say that a token is for another application or tenant."""
    return fault(
        "application_mismatch",
        "The sign-in service returned a token for another application or tenant. It "
        "was not used.",
        "Ask your administrator to check the profile: which managed identity it names, "
        'or its "clientId", "tenant" and "authority".',
    )


def request_refused(message: str, action: str) -> ProviderError:
    """Say what is wrong with the scopes that were asked for."""
    return ProviderError("scope_refused", message, action, Remedy.NONE, 400)


_SHOW = "Show this text to your administrator."
_ASK_OTHERWISE = (
    "Ask for the scopes of one service at a time, like "
    "https://storage.azure.com/.default. If you named none, show this text to your "
    "administrator."
)

#: Microsoft Entra's own numbers, see "Microsoft Entra authentication and authorization
#: error codes".
_KNOWN = {
    "7000222": ("secret_expired", "Ask your administrator for a new one: {replace}"),
    "7000215": ("secret_wrong", "Ask your administrator to check it: {replace}"),
    "700027": ("certificate_refused", "Ask your administrator to check it: {replace}"),
    "700016": ("application_unknown", _SHOW),
    "90002": ("application_unknown", _SHOW),
    # Nobody has told the application to trust this federated token.
    "70021": ("credential_refused", _SHOW),
    "700211": ("credential_refused", _SHOW),
    "700212": ("credential_refused", _SHOW),
    "700213": ("credential_refused", _SHOW),
}

_CODES = {"invalid_client": "credential_refused"}

#: The application itself was accepted then.
_OF_THE_REQUEST = frozenset({"invalid_scope", "invalid_resource", "invalid_request"})
