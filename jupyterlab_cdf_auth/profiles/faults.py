"""What can be wrong with an application's own credential.

A cell that asks waits meanwhile, as for a sign-in: a job of a night goes on once the
administrator has put it right.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterlab_cdf_auth.provider_errors import ProviderError, Remedy, explain

if TYPE_CHECKING:
    from collections.abc import Mapping


def fault(code: str, message: str, action: str) -> ProviderError:
    """Say what an administrator must put right."""
    return ProviderError(code, message, action, Remedy.ADMINISTRATOR, 503)


def refused(answer: Mapping[str, object], replace: str) -> ProviderError:
    """Explain why an application gets no token (RFC 6749, section 5.2).

    ``replace`` tells how its credential is replaced.
    """
    error = explain(answer)
    if error.remedy is Remedy.TIME:
        return error
    number = re.match(r"AADSTS(\d+)", error.message)
    code, action = _KNOWN.get(
        number[1] if number else "",
        (_CODES.get(str(answer.get("error")), "profile_refused"), _SHOW),
    )
    return fault(code, error.message, action.format(replace=replace))


_SHOW = "Show this text to your administrator."

#: Microsoft Entra's own numbers, see "Microsoft Entra authentication and authorization
#: error codes".
_KNOWN = {
    "7000222": ("secret_expired", "Ask your administrator for a new one: {replace}"),
    "7000215": ("secret_wrong", "Ask your administrator to check it: {replace}"),
    "700027": ("certificate_refused", "Ask your administrator to check it: {replace}"),
    "700016": ("application_unknown", _SHOW),
    "90002": ("application_unknown", _SHOW),
}

_CODES = {"invalid_client": "credential_refused"}
