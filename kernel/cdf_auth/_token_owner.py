"""Whose a token is, as far as it can be read.

Nothing is verified here: whoever takes the token does that.
`test/vectors/token-owners.json` has examples for all who hold a session.
"""

from __future__ import annotations

import re

from ._issued import claims_of

# How Entra ID writes the ids of tenants and applications.
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_foreign_token(token: str, tenant: str, application: str) -> bool:
    """Tell whether a token of Entra ID names another tenant or application.

    A token that can't be read, or lacks these claims, is accepted. If the tenant is
    configured as a domain, `tid` isn't compared.
    """
    claims = claims_of(token)
    return (
        _is_other(claims.get("tid"), tenant)
        # v1.0 and v2.0, see "Access token claims reference" of Entra's documentation.
        or _is_other(claims.get("appid"), application)
        or _is_other(claims.get("azp"), application)
    )


def tenant_in(authority: str) -> str:
    """Give the tenant's id if the authority's address has it.

    It is the one that is asked; the setting may name another.
    """
    return next(filter(_GUID.fullmatch, authority.split("/")), "")


def _is_other(claim: object, own: str) -> bool:
    is_known = _GUID.fullmatch(own) is not None
    is_text = isinstance(claim, str) and claim != ""
    return is_known and is_text and str(claim).lower() != own.lower()
