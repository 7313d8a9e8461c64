"""Whose a token is, as far as it can be read.

Nothing is verified here: whoever takes the token does that. The same rules as in the
browser's ``src/identity/token-owner.ts``; ``test/vectors/token-owners.json`` has
examples for both.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .sign_in_answers import identities_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .models import Connection
    from .sign_in_answers import Account

# How Entra ID writes the ids of tenants, accounts and applications; those of other
# providers say nothing here.
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Entra's path tells it, on whichever host.
_ENTRA_TOKEN = re.compile(r"https://[^?]+/oauth2/(v2\.0/)?token")
_JWT_PARTS = 3


@dataclass(frozen=True)
class Owner:
    """Whose tokens a session hands out; "" for what isn't known."""

    tenant: str = ""
    object_id: str = ""
    application: str = ""

    @classmethod
    def of_person(cls, account: Account) -> Owner:
        """Give what must be true of the tokens of one who has signed in."""
        issuer, subject = account.identity
        tenant = account.tenant or _tenant_in(issuer)
        # Without a tenant it isn't Entra ID, and the subject is nothing that an access
        # token would name.
        return cls(tenant, subject) if _is_guid(tenant) else cls()

    @classmethod
    def of_application(cls, client_id: str, tenant: str, token_url: str) -> Owner:
        """Give what must be true of the tokens that an application gets for itself.

        The tenant whose address is asked counts, else the one that was set beside it.
        """
        is_entra = _ENTRA_TOKEN.fullmatch(token_url) is not None
        return cls(
            tenant=_tenant_in(token_url) or tenant,
            application=client_id if is_entra else "",
        )


def is_foreign_token(token: object, owner: Owner) -> bool:
    """Tell whether an access token names another owner, by Entra ID's claims.

    A token that can't be read, or lacks these claims, is accepted.
    """
    claims = _claims_of(token)
    return (
        _is_other(claims.get("tid"), owner.tenant)
        or _is_other(claims.get("oid"), owner.object_id)
        # v1.0 and v2.0, see "Access token claims reference" of Entra's documentation.
        or _is_other(claims.get("appid"), owner.application)
        or _is_other(claims.get("azp"), owner.application)
    )


def belongs_to(answer: Mapping[str, Any], account: Account) -> bool:
    """Tell whether a token response is for that account.

    By its ID token. If there is none, the account counts for which the refresh token
    was kept. The access token's claims must not name another account or tenant.
    """
    identities = identities_of(answer.get("id_token_claims"))
    is_named = not identities or account.identity in identities
    return is_named and not is_foreign_token(
        answer.get("access_token"), Owner.of_person(account)
    )


def is_other_tenant(connection: Connection, account: Account) -> bool:
    """Tell whether the connection contains a tenant id, and the account has another."""
    named = _tenant_in(connection.authority) or connection.tenant
    return _is_other(Owner.of_person(account).tenant, named)


def _is_other(claim: object, own: str) -> bool:
    is_text = isinstance(claim, str) and claim != ""
    return _is_guid(own) and is_text and str(claim).lower() != own.lower()


def _is_guid(text: str) -> bool:
    return _GUID.fullmatch(text) is not None


def _tenant_in(url: str) -> str:
    return next(filter(_is_guid, url.split("/")), "")


def _claims_of(token: object) -> Mapping[str, Any]:
    """Read the claims of a JWT (RFC 7519), nothing where there are none to be read."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != _JWT_PARTS:
        return {}
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
