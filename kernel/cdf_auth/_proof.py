"""Whose a token is, as far as it can be read.

Nothing is verified here: whoever takes the token does that. `test/vectors/proofs.json`
has examples, which the browser and the server read too.
"""

from __future__ import annotations

import re

from ._issued import claims_of

# How Entra ID writes the ids of tenants and applications.
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def contradicts(token: str, tenant: str, application: str) -> bool:
    """Tell whether a token of Entra ID is visibly another tenant's or application's.

    One that can't be read, or has no such claims, contradicts nothing; and so it is
    where the tenant is known by its domain.
    """
    claims = claims_of(token)
    return (
        _is_other(claims.get("tid"), tenant)
        # v1.0 and v2.0, see "Access token claims reference" of Entra's documentation.
        or _is_other(claims.get("appid"), application)
        or _is_other(claims.get("azp"), application)
    )


def tenant_of(tenant: str, authority: str) -> str:
    """Give the tenant's id if a setting or the authority's address has it."""
    return next(filter(_GUID.fullmatch, (tenant, *authority.split("/"))), "")


def _is_other(claim: object, own: str) -> bool:
    is_known = _GUID.fullmatch(own) is not None
    is_text = isinstance(claim, str) and claim != ""
    return is_known and is_text and str(claim).lower() != own.lower()
