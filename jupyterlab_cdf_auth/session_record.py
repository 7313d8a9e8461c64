"""What is kept of a session, as text; read strictly, for a file may hold anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .errors import CdfAuthError
from .models import Connection
from .sign_in_answers import Account

_VERSION = 1


class Unusable(Exception):  # noqa: N818 - what was kept is
    """It can't be read; holds nothing of it."""


@dataclass(frozen=True)
class SessionRecord:
    """A session that can go on: of a person, or of a profile."""

    user: str
    connection: Connection
    #: With ``cache``, msal's: refresh token included.
    account: Account | None = None
    cache: str | None = None
    profile: str | None = None

    def __repr__(self) -> str:
        """Leave the refresh token out."""
        return "<SessionRecord>"

    def as_text(self) -> str:
        """Write it."""
        account = self.account
        return json.dumps(
            {
                "version": _VERSION,
                "user": self.user,
                "connection": self.connection.as_json(),
                "account": account
                and [account.name, account.username, *account.identity],
                "cache": self.cache,
                "profile": self.profile,
            }
        )

    @classmethod
    def read(cls, text: str) -> SessionRecord:
        """Read it. Raises Unusable."""
        try:
            value: Any = json.loads(text)
            if value["version"] != _VERSION:
                raise Unusable("it is another version's")
            user, cache, profile = value["user"], value["cache"], value["profile"]
            account = _account(value["account"])
            is_whole = isinstance(user, str) and (
                isinstance(profile, str)
                if cache is None
                else _is_object(cache) and account is not None and profile is None
            )
            if not is_whole:
                raise Unusable("it is not whole")
            connection = Connection.read(value["connection"])
            return cls(user, connection, account, cache, profile)
        except (ValueError, KeyError, TypeError, RecursionError, CdfAuthError) as error:
            raise Unusable(type(error).__name__) from None


def _is_object(text: object) -> bool:
    """Tell whether it is JSON that msal can take up."""
    return isinstance(text, str) and isinstance(json.loads(text), dict)


def _account(value: object) -> Account | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unusable("it is not whole")
    name, username, issuer, subject = value
    return Account(name, username, (issuer, subject))
