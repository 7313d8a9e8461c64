"""Reads the profiles that an administrator has configured, strictly."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyterlab_cdf_auth.authorities import origin_of
from jupyterlab_cdf_auth.connections import looks_secret
from jupyterlab_cdf_auth.device_connections import CLUSTER
from jupyterlab_cdf_auth.token_owner import Owner

from .application import Application, ClientSecret, FederatedToken
from .certificate import ClientCertificate, thumbprint
from .managed_identity import ManagedIdentity
from .profile import Profile
from .secrets import FileSecret, VariableSecret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, MutableMapping
    from logging import Logger

    from jupyterlab_cdf_auth.oauth_settings import OAuthSettings

    from .application import Credential
    from .profile import TokenClient
    from .secrets import Secret

_LOGIN = "https://login.microsoftonline.com"

#: Beside exactly one of `_KINDS`.
_TEXTS = (
    *("name", "description", "tenant", "clientId", "authority", "tokenUrl", "audience"),
    *("keyFile", "passphraseFile", "passphraseVariable", "thumbprint"),
)
_LISTS = ("clusters", "projects", "users", "scopes", "moreScopes")
_KINDS = (
    *("secretFile", "secretVariable", "certificateFile", "federatedTokenFile"),
    *("workloadIdentity", "managedIdentity"),
)
#: msal's names for what a user-assigned identity is known by.
_IDENTITIES = {
    "clientId": "client_id",
    "objectId": "object_id",
    "resourceId": "resource_id",
}

# What can stand on a button, and in a path of a URL.
_NAME = re.compile(r"[^\x00-\x1f\x7f/]{1,100}")


class _Unfit(Exception):  # noqa: N818 - a profile is, and that is no error of ours
    """Why a profile can't be used; holds no value of it."""


def read_profiles(
    configured: Iterable[Mapping[str, Any]],
    clusters: Iterable[str],
    settings: OAuthSettings,
    environ: MutableMapping[str, str],
    log: Logger,
) -> list[Profile]:
    """Return those that are fit; each other one has a line in the log.

    A profile that names no ``clusters`` is for these, those of the connections.
    Variables with secrets are taken out of ``environ``, also where a profile is unfit.
    """
    profiles: list[Profile] = []
    usual = tuple(dict.fromkeys(clusters))
    # Several profiles may name one variable.
    taken = dict(environ)
    for number, fields in enumerate(configured, start=1):
        reader = _Reader(fields, usual, settings, taken)
        try:
            profiles.append(reader.profile({one.name for one in profiles}))
        except _Unfit as unfit:
            log.error(  # noqa: TRY400 - no fault of ours to be traced
                "Profile %s (%r) of c.CdfAuth.profiles is left out: %s.",
                *(number, fields.get("name", "no name"), unfit),
            )
        for field in ("secretVariable", "passphraseVariable"):
            variable = fields.get(field)
            if isinstance(variable, str):
                environ.pop(variable, None)
    return profiles


class _Reader:
    """Reads one profile. Raises _Unfit."""

    def __init__(
        self,
        fields: Mapping[str, Any],
        usual_clusters: tuple[str, ...],
        settings: OAuthSettings,
        environ: Mapping[str, str],
    ) -> None:
        self._fields = fields
        self._usual_clusters = usual_clusters
        self._settings = settings
        self._environ = environ

    def profile(self, others: Collection[str]) -> Profile:
        """Return it, unless it has the name of one of the ``others``."""
        self._check_names()
        kinds = [name for name in _KINDS if self._fields.get(name) not in (None, False)]
        if len(kinds) != 1:
            raise _Unfit(f"it needs exactly one of {', '.join(_KINDS)}")
        name = self._text("name", is_needed=True)
        if not _NAME.fullmatch(name):
            raise _Unfit("its name must be a line of at most 100 characters, no slash")
        if name in others:
            raise _Unfit("another one has the same name")
        if kinds == ["managedIdentity"]:
            return self._with_managed_identity(name)
        return self._with_application(name, kinds[0])

    def _with_managed_identity(self, name: str) -> Profile:
        value = self._fields["managedIdentity"]
        if value == "system":
            identity: dict[str, str] = {}
        elif (
            isinstance(value, dict)
            and len(value) == 1
            and set(value) <= set(_IDENTITIES)
            and all(isinstance(one, str) and one for one in value.values())
        ):
            [(key, text)] = value.items()
            identity = {_IDENTITIES[key]: text}
        else:
            raise _Unfit(
                'managedIdentity must be "system", or an object with one of '
                f"{', '.join(_IDENTITIES)}"
            )
        client = ManagedIdentity(self._settings, identity)
        owner = Owner(
            object_id=identity.get("object_id", ""),
            application=identity.get("client_id", ""),
        )
        return self._made(name, client.kind, client, owner)

    def _with_application(self, name: str, kind: str) -> Profile:
        environ = self._environ if kind == "workloadIdentity" else {}
        tenant = self._text("tenant") or environ.get("AZURE_TENANT_ID", "")
        client_id = self._text("clientId") or environ.get("AZURE_CLIENT_ID", "")
        host = environ.get("AZURE_AUTHORITY_HOST", "").rstrip("/") or _LOGIN
        authority = self._text("authority") or (tenant and f"{host}/{tenant}")
        authority = authority.rstrip("/")
        token_url = self._text("tokenUrl") or (
            authority and f"{authority}/oauth2/v2.0/token"
        )
        if not client_id:
            raise _Unfit("clientId is missing")
        if not token_url:
            raise _Unfit("tenant is missing (or tokenUrl, for another provider)")
        if origin_of(token_url) is None:
            raise _Unfit("its provider needs an https address")
        credential = self._credential(name, kind)
        client = Application(
            self._settings,
            client_id=client_id,
            token_url=token_url,
            credential=credential,
            audience=self._text("audience") or None,
        )
        # Not that of the environment, which may be meant for other tools.
        own_tenant = self._text("tenant")
        owner = Owner.of_application(client_id, own_tenant, token_url)
        made = self._made(name, credential.kind, client, owner)
        authority = authority or token_url
        return replace(made, tenant=tenant, client_id=client_id, authority=authority)

    def _made(self, name: str, kind: str, client: TokenClient, owner: Owner) -> Profile:
        return Profile(
            name=name,
            description=self._text("description"),
            kind=kind,
            tenant="",
            client_id="",
            authority="",
            client=client,
            owner=owner,
            scopes=self._list("scopes"),
            more_scopes=self._list("moreScopes") or (),
            clusters=self._clusters(),
            projects=self._list("projects"),
            users=self._list("users"),
        )

    def _clusters(self) -> tuple[str, ...]:
        clusters = self._list("clusters") or self._usual_clusters
        if not clusters:
            raise _Unfit("there is no connection to be for: name its clusters")
        if not all(map(CLUSTER.fullmatch, clusters)):
            raise _Unfit('clusters must be names like "westeurope-1"')
        return clusters

    def _credential(self, name: str, kind: str) -> Credential:
        if kind == "workloadIdentity":
            path = self._environ.get("AZURE_FEDERATED_TOKEN_FILE", "")
            if self._fields[kind] is not True or not path:
                raise _Unfit(
                    "workloadIdentity must be true, where the platform sets "
                    "AZURE_FEDERATED_TOKEN_FILE; else name the federatedTokenFile"
                )
            return FederatedToken(path)
        if kind == "federatedTokenFile":
            return FederatedToken(self._text(kind, is_needed=True))
        if kind == "certificateFile":
            return ClientCertificate(
                self._text(kind, is_needed=True),
                f"certificate of the profile {name}",
                key_path=self._text("keyFile") or None,
                passphrase=self._passphrase(name),
                expected=self._thumbprint(),
            )
        what = f"secret of the profile {name}"
        return ClientSecret(self._secret(kind, self._text(kind, is_needed=True), what))

    def _passphrase(self, name: str) -> Secret | None:
        what = f"passphrase of the profile {name}"
        for kind in ("passphraseFile", "passphraseVariable"):
            if value := self._text(kind):
                return self._secret(kind, value, what)
        return None

    def _secret(self, kind: str, value: str, what: str) -> Secret:
        if kind.endswith("File"):
            return FileSecret(value, what)
        return VariableSecret(value, self._environ, what)

    def _thumbprint(self) -> str | None:
        text = self._text("thumbprint")
        read = thumbprint(text)
        if text and read is None:
            raise _Unfit("thumbprint must be a SHA-1 or SHA-256 in hexadecimal")
        return read

    def _check_names(self) -> None:
        for key in self._fields:
            if key in {*_TEXTS, *_LISTS, *_KINDS}:
                continue
            if looks_secret(key):
                raise _Unfit(
                    f"its field {key!r} looks like a secret, which doesn't belong into "
                    "the configuration: put it into a file, and name that in secretFile"
                )
            raise _Unfit(f"there is no field {key!r}")

    def _text(self, name: str, *, is_needed: bool = False) -> str:
        value = self._fields.get(name, "")
        if not isinstance(value, str) or (is_needed and not value):
            raise _Unfit(f"{name} must be a text")
        return value

    def _list(self, name: str) -> tuple[str, ...] | None:
        value = self._fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(
            isinstance(one, str) and one for one in value
        ):
            raise _Unfit(f"{name} must be a list of texts")
        if not value and name != "moreScopes":
            raise _Unfit(f"{name} is empty: leave it out for no limit")
        return tuple(value)
