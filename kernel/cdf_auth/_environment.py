"""Reads the environment variables of Cognite's toolkit.

Names and defaults are those of https://docs.cognite.com/cdf/deploy/cdf_toolkit, apart
from those of a certificate, which the toolkit doesn't have. A variable that is empty is
one that isn't set. No value is repeated in an error, except that of `LOGIN_FLOW`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _address
from ._fields import check_scopes
from .errors import EnvironmentIncomplete, EnvironmentUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._issued import Source
    from ._secret import Secret, Variables

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")
_MAX_TEXT = 512

#: What can't be done without a person, who signs in in JupyterLab's panel.
_NEEDS_A_PERSON = frozenset({"interactive", "device_code"})


@dataclass(frozen=True)
class Certificate:
    """A client's certificate and private key, in a PEM or PFX file."""

    path: str
    password: Secret | None
    #: SHA-1 in hexadecimal, where the file holds the key only.
    thumbprint: str


@dataclass(frozen=True)
class Application:
    """A client that gets tokens for itself (RFC 6749, section 4.4).

    Of `token_url` and `authority`, one is "": Entra ID is known by its authority.
    """

    client_id: str
    credential: Secret | Certificate
    token_url: str
    authority: str
    audience: str


@dataclass(frozen=True)
class Settings:
    """What the variables say, complete and checked."""

    cluster: str
    project: str | None
    base_url: str
    scopes: tuple[str, ...]
    #: `CDF_TOKEN`, or who gets tokens.
    grant: Secret | Application

    @property
    def account(self) -> str:
        """The client id, "" where there is only a token."""
        return self.grant.client_id if isinstance(self.grant, Application) else ""

    @property
    def secrets(self) -> Iterator[Secret]:
        """What must not be shown."""
        if not isinstance(self.grant, Application):
            yield self.grant
        elif not isinstance(self.grant.credential, Certificate):
            yield self.grant.credential
        elif self.grant.credential.password is not None:
            yield self.grant.credential.password

    def replaces(self, other: Settings) -> bool:
        """Tell whether only the credential differs, if anything does."""
        return _identity(self) == _identity(other)

    def source(self) -> Source:
        """Make what gets the tokens; nobody is asked yet."""
        # Imported where they are needed: each of them takes its time.
        if not isinstance(self.grant, Application):
            from ._fixed_token import FixedToken  # noqa: PLC0415

            return FixedToken(self.grant, self.scopes)
        if self.grant.token_url:
            from ._client_secret import ClientSecret  # noqa: PLC0415

            return ClientSecret(self.grant)
        from ._entra import Entra  # noqa: PLC0415

        return Entra(self.grant)


def read(variables: Variables) -> Settings:
    """Read and check everything.

    Raises `EnvironmentIncomplete`, which names all that is missing at once, and
    `EnvironmentUnusable`.
    """
    flow = _flow(variables)
    missing = _missing(variables, flow)
    if missing:
        raise EnvironmentIncomplete(flow, missing)
    cluster = _name(variables, "CDF_CLUSTER")
    base_url = _address.read(variables, "CDF_URL")
    audience = f"https://{cluster}.cognitedata.com" if cluster else base_url
    project = variables.text("CDF_PROJECT")
    if len(project) > _MAX_TEXT:
        raise _unusable("CDF_PROJECT is too long.")
    token = variables.secret("CDF_TOKEN") if flow == "token" else None
    grant = token or _app(variables, audience)
    return Settings(
        cluster=cluster or _address.cluster_of(base_url),
        project=project or None,
        base_url=base_url or audience,
        scopes=_scopes(variables, grant, audience),
        grant=grant,
    )


def _flow(variables: Variables) -> str:
    flow = variables.text("LOGIN_FLOW").lower()
    if not flow:
        # The toolkit's default, except where there is nothing but a token.
        only_token = variables.has("CDF_TOKEN") and not _has_credential(variables)
        return "token" if only_token else "client_credentials"
    if flow in _NEEDS_A_PERSON:
        raise EnvironmentUnusable(
            "login_flow_unsupported",
            f"LOGIN_FLOW={flow} needs a person, and nobody is there in a run without "
            "JupyterLab.",
            "Use LOGIN_FLOW=client_credentials or LOGIN_FLOW=token, or open the "
            "notebook in a JupyterLab that has the extension jupyterlab-cdf-auth.",
        )
    if flow not in {"client_credentials", "token"}:
        raise EnvironmentUnusable(
            "login_flow_unsupported",
            f"There is no LOGIN_FLOW={flow[:40]!r}.",
            "Use LOGIN_FLOW=client_credentials or LOGIN_FLOW=token.",
        )
    return flow


def _has_credential(variables: Variables) -> bool:
    return variables.has("IDP_CLIENT_SECRET") or any(
        variables.has(f"IDP_CERTIFICATE_{name}")
        for name in ("PATH", "PASSWORD", "THUMBPRINT")
    )


def _missing(variables: Variables, flow: str) -> list[str]:
    """List what isn't set, as a person would ask for it."""
    has = variables.has
    missing = []
    if not has("CDF_CLUSTER") and not has("CDF_URL"):
        missing.append("CDF_CLUSTER (or CDF_URL)")
    if flow == "token":
        return missing if has("CDF_TOKEN") else [*missing, "CDF_TOKEN"]
    if not any(map(has, ("IDP_TENANT_ID", "IDP_TOKEN_URL", "IDP_AUTHORITY_URL"))):
        missing.append("IDP_TENANT_ID (or IDP_TOKEN_URL)")
    if not has("IDP_CLIENT_ID"):
        missing.append("IDP_CLIENT_ID")
    if not has("IDP_CLIENT_SECRET") and not has("IDP_CERTIFICATE_PATH"):
        missing.append(
            "IDP_CERTIFICATE_PATH"
            if _has_credential(variables)
            else "IDP_CLIENT_SECRET (or IDP_CERTIFICATE_PATH)"
        )
    return missing


def _app(variables: Variables, audience: str) -> Application:
    has_certificate = variables.has("IDP_CERTIFICATE_PATH")
    secret = variables.secret("IDP_CLIENT_SECRET")
    if secret is not None and has_certificate:
        raise _unusable("IDP_CLIENT_SECRET and IDP_CERTIFICATE_PATH are both set.")
    client_id = variables.text("IDP_CLIENT_ID")
    if len(client_id) > _MAX_TEXT:
        raise _unusable("IDP_CLIENT_ID is too long.")
    credential = secret or Certificate(
        path=variables.text("IDP_CERTIFICATE_PATH"),
        password=variables.secret("IDP_CERTIFICATE_PASSWORD"),
        thumbprint=variables.text("IDP_CERTIFICATE_THUMBPRINT").replace(":", ""),
    )
    token_url = _address.read(variables, "IDP_TOKEN_URL", query=True)
    authority = _address.read(variables, "IDP_AUTHORITY_URL")
    tenant = _name(variables, "IDP_TENANT_ID")
    if token_url:
        of_entra = _address.authority_of(token_url)
        authority = of_entra or (authority if has_certificate else "")
    elif not authority:
        authority = f"{_address.ENTRA}/{tenant}"
    if has_certificate and not authority:
        raise _unusable("A certificate works with Entra ID only, not IDP_TOKEN_URL.")
    return Application(
        client_id=client_id,
        credential=credential,
        token_url="" if authority else token_url,
        authority=authority,
        audience=variables.text("IDP_AUDIENCE") or audience,
    )


def _scopes(
    variables: Variables, grant: Secret | Application, audience: str
) -> tuple[str, ...]:
    scopes = tuple(
        one for one in re.split(r"[,\s]+", variables.text("IDP_SCOPES")) if one
    )
    try:
        check_scopes(scopes)
    except ValueError as error:
        raise _unusable(f"IDP_SCOPES can't be used: {error}") from None
    # Another provider than Entra ID is told the audience, and may not know the scope.
    if scopes or (isinstance(grant, Application) and grant.token_url):
        return scopes
    return (f"{audience}/.default",)


def _name(variables: Variables, variable: str) -> str:
    """Read what becomes a part of an address."""
    value = variables.text(variable)
    if value and not _NAME.fullmatch(value):
        raise _unusable(f"{variable} may hold letters, digits, dots and hyphens only.")
    return value


def _identity(settings: Settings) -> tuple[object, ...]:
    where = (settings.account, settings.cluster, settings.project, settings.base_url)
    if not isinstance(settings.grant, Application):
        return ("token", *where)
    return (settings.grant.token_url, settings.grant.authority, *where)


def _unusable(message: str) -> EnvironmentUnusable:
    return EnvironmentUnusable("environment_invalid", message)
