"""What requests may hold, read strictly; and what answers hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from .dates import parse_date
from .errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sign_in_answers import Account

_MAX_TEXT = 512
_MAX_SCOPES = 32
_MAX_KERNELS = 1000

#: What Jupyter's own routes take for the id of a kernel, and ids of ours.
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
# RFC 6749, appendix A.4.
_SCOPE = re.compile(r"[!#-\[\]-~]{1,512}")
# No control characters: these are shown to people and sent to the provider.
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*")
# Text and Python both read it, from 3.10 on; JavaScript's toISOString() writes it.


@dataclass(frozen=True)
class Connection:
    """A public client at an authority, and the cluster that it is for."""

    label: str
    tenant: str
    client_id: str
    cluster: str
    base_url: str
    authority: str
    scopes: tuple[str, ...]

    @classmethod
    def read(cls, value: object) -> Connection:
        """Read the JSON of one. Raises CdfAuthError ``bad_request``."""
        fields = _object(value, "connection")
        return cls(
            label=_text(fields, "label"),
            tenant=_text(fields, "tenant", least=1),
            client_id=_text(fields, "clientId", least=1),
            cluster=_text(fields, "cluster"),
            base_url=_text(fields, "baseUrl", least=1),
            authority=_text(fields, "authority", least=1),
            scopes=_scopes(fields),
        )

    def as_json(self) -> dict[str, Any]:
        """Return what was read."""
        return {
            "label": self.label,
            "tenant": self.tenant,
            "clientId": self.client_id,
            "cluster": self.cluster,
            "baseUrl": self.base_url,
            "authority": self.authority,
            "scopes": list(self.scopes),
        }


@dataclass(frozen=True)
class Context:
    """What notebook code works in, as the user has chosen it."""

    connection: str
    cluster: str
    project: str | None
    base_url: str
    scopes: tuple[str, ...]
    since: str

    @classmethod
    def read(cls, value: object) -> Context:
        """Read the JSON of one. Raises CdfAuthError ``bad_request``."""
        fields = _object(value, "context")
        has_project = fields.get("project") is not None
        return cls(
            connection=_text(fields, "connection"),
            cluster=_text(fields, "cluster"),
            project=_text(fields, "project", least=1) if has_project else None,
            base_url=_text(fields, "baseUrl", least=1),
            scopes=_scopes(fields),
            since=_date(fields, "since"),
        )


@dataclass(frozen=True)
class Replaced:
    """A session of a page that is to be moved here, and whose it is."""

    session: str
    username: str
    #: Of the account in its directory, None where the page doesn't know it.
    object_id: str | None

    @classmethod
    def read(cls, value: object) -> Replaced:
        """Read the JSON of one. Raises CdfAuthError ``bad_request``."""
        fields = _object(value, "replaces")
        if not is_id(fields.get("session")):
            raise bad_request('"replaces" must name a session.')
        account = _object(fields.get("account"), "account")
        has_id = account.get("objectId") is not None
        return cls(
            session=fields["session"],
            username=_text(account, "username", least=1),
            object_id=_text(account, "objectId", least=1) if has_id else None,
        )

    def is_of(self, account: Account) -> bool:
        """Tell whether the same person has signed in to its successor."""
        same_name = self.username.casefold() == account.username.casefold()
        return same_name and self.object_id in {None, account.identity[1]}


def read_kernel_ids(value: object) -> tuple[str, ...]:
    """Read the ids of kernels. Raises CdfAuthError ``bad_request``."""
    if (
        not isinstance(value, list)
        or len(value) > _MAX_KERNELS
        or not all(is_id(one) for one in value)
    ):
        raise bad_request('"kernels" must be a list of kernel ids.')
    return tuple(dict.fromkeys(value))


def is_id(value: object) -> TypeGuard[str]:
    """Tell whether this can be the id of a kernel or of a session."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _object(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise bad_request(f'"{what}" must be an object.')
    return value


def _text(fields: Mapping[str, Any], name: str, *, least: int = 0) -> str:
    value = fields.get(name)
    if (
        not isinstance(value, str)
        or not least <= len(value) <= _MAX_TEXT
        or not _TEXT.fullmatch(value)
    ):
        raise bad_request(
            f'"{name}" must be a text of {least} to {_MAX_TEXT} characters.'
        )
    return value


def _scopes(fields: Mapping[str, Any]) -> tuple[str, ...]:
    value = fields.get("scopes")
    if (
        not isinstance(value, list)
        or not 0 < len(value) <= _MAX_SCOPES
        or not all(isinstance(one, str) and _SCOPE.fullmatch(one) for one in value)
    ):
        raise bad_request(f'"scopes" must be a list of 1 to {_MAX_SCOPES} scopes.')
    return tuple(value)


def _date(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, str) and parse_date(value) is not None:
        return value
    raise bad_request(f'"{name}" must be an ISO 8601 time with its zone.')
