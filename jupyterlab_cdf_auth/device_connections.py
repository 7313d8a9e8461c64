"""The connections as a sign-in with a device code takes them.

A page checks and completes the administrator's entries itself
(``src/identity/connections.ts``). This does the same for programs that aren't a
page; ``test/vectors/connections.json`` keeps the two alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import CdfAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_KNOWN = (
    "label",
    "tenant",
    "clientId",
    "deviceClientId",
    "cluster",
    "baseUrl",
    "scopes",
    "authority",
    "metadata",
    "redirectUri",
    "project",
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TENANT = re.compile(r"[\w.-]+", re.ASCII)

#: The name of a cluster, which becomes the first label of a host's.
CLUSTER = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII | re.IGNORECASE)


def complete_all(
    entries: Iterable[Mapping[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return the usable connections, and one problem for each entry that isn't.

    A connection is what ``POST sessions`` takes, and its ``project`` or None.
    """
    connections: list[dict[str, Any]] = []
    problems: list[dict[str, str]] = []
    for number, entry in enumerate(entries, start=1):
        try:
            connection = _Entry(entry, number).complete()
            if any(one["label"] == connection["label"] for one in connections):
                raise _invalid(
                    f'Two connections are named "{connection["label"]}".',
                    'Give each its own "label".',
                )
            connections.append(connection)
        except CdfAuthError as error:  # noqa: PERF203 - a broken entry hides no other
            problems.append(error.as_json())
    return connections, problems


class _Entry:
    """One entry, read with an error that names the field."""

    def __init__(self, entry: Mapping[str, Any], number: int) -> None:
        self._entry = entry
        label = entry.get("label")
        is_named = isinstance(label, str) and label != ""
        self._place = (
            f'The connection "{label}"' if is_named else f"Connection {number}"
        )

    def complete(self) -> dict[str, Any]:
        for name in self._entry:
            if name not in _KNOWN:
                raise self._refuse(f'has an unknown setting "{name}"')
        tenant = self._matching("tenant", _TENANT)
        client_id = self._required("clientId")
        cluster = self._matching("cluster", CLUSTER)
        label = self._text("label")
        audience = f"https://{cluster}.cognitedata.com"
        base_url = self._url("baseUrl", http_on_loopback=True)
        device_client_id = self._text("deviceClientId")
        scopes = self._scopes()
        authority = self._url("authority", http_on_loopback=False)
        # Only a page uses these two, but a broken entry is broken for all.
        self._check_metadata()
        self._url("redirectUri", http_on_loopback=True)
        return {
            "label": f"{tenant} · {cluster}" if label is None else label,
            "tenant": tenant,
            "clientId": client_id if device_client_id is None else device_client_id,
            "cluster": cluster,
            "baseUrl": base_url or audience,
            "authority": authority or f"https://login.microsoftonline.com/{tenant}",
            # The audience is the cluster, also where another host serves its API.
            "scopes": scopes or [f"{audience}/.default"],
            "project": self._text("project"),
        }

    def _text(self, name: str) -> str | None:
        value = self._entry.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self._refuse(f'has a "{name}" that is not a text')
        return value.strip()

    def _required(self, name: str) -> str:
        value = self._text(name)
        if not value:
            raise self._refuse(f'has no "{name}"')
        return value

    def _matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self._required(name)
        if not pattern.fullmatch(value):
            raise self._refuse(f'has a "{name}" that can\'t be "{value}"')
        return value

    def _scopes(self) -> list[str] | None:
        if "scopes" not in self._entry:
            return None
        value = self._entry["scopes"]
        is_list = isinstance(value, list) and value
        if not is_list or not all(isinstance(one, str) and one for one in value):
            raise self._refuse('has "scopes" that are not a list of texts')
        return list(value)

    def _url(self, name: str, *, http_on_loopback: bool) -> str | None:
        value = self._text(name)
        if value is not None:
            self._check_url(name, value, http_on_loopback=http_on_loopback)
        return None if value is None else value.rstrip("/")

    def _check_metadata(self) -> None:
        if "metadata" not in self._entry:
            return
        metadata = self._entry["metadata"]
        for name in ("authorization_endpoint", "token_endpoint"):
            value = metadata.get(name) if isinstance(metadata, dict) else None
            if not isinstance(value, str):
                raise self._refuse(f'has "metadata" without "{name}"')
            self._check_url(f"metadata.{name}", value, http_on_loopback=True)

    def _check_url(self, name: str, value: str, *, http_on_loopback: bool) -> None:
        try:
            url = urlsplit(value)
            host, _ = url.hostname, url.port
        except ValueError:
            host = None
        is_good = host is not None and (
            url.scheme == "https"
            or (http_on_loopback and url.scheme == "http" and host in _LOOPBACK)
        )
        if not is_good or "@" in url.netloc:
            raise self._refuse(f'has a "{name}" that is not an https address')

    def _refuse(self, what: str) -> CdfAuthError:
        return _invalid(
            f"{self._place} {what}.",
            "Correct it in c.CdfAuth.connections; the README says what each field is.",
        )


def _invalid(message: str, action: str) -> CdfAuthError:
    return CdfAuthError(400, "settings_invalid", message, action)
