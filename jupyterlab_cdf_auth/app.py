"""The server extension and its configuration."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, Float, List, Unicode

from .authorities import Authorities
from .blocking import Blocking
from .bounded_http import Trust
from .clock import SystemClock
from .connection_routes import ConnectionListHandler
from .connections import publishable
from .device_connections import complete_all
from .errors import CdfAuthError
from .gateway import warn_of_plain_http
from .gateway_page import end_pages_connections
from .hosts import CdfHosts
from .kernels import Kernels
from .oauth_settings import OAuthSettings
from .profiles.catalogue import Profiles
from .profiles.reading import read_profiles
from .routes import (
    PREFIX,
    REDIRECT_PATH,
    InspectHandler,
    RedirectPageHandler,
    RedirectScriptHandler,
)
from .session_routes import (
    Services,
    SessionHandler,
    SessionInspectHandler,
    SessionKernelsHandler,
    SessionListHandler,
)
from .session_store import open_store
from .sessions import Sessions

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from .clock import Clock

_AGENT = Path(__file__).parent / "_agent.json"
# Whatever it is, it is looked up as it is.
_ID = r"([^/]+)"


class CdfAuth(ExtensionApp):
    """Sign-in to Cognite Data Fusion for JupyterLab.

    Configured as ``c.CdfAuth.…`` in ``jupyter_server_config.py`` (or ``.json``).
    """

    name = "jupyterlab_cdf_auth"

    connections = List(
        Dict(),
        help="""
        The connections that users can choose from, in this order; a dict each:
        `tenant`, `clientId` (a single-page application of Entra ID) and `cluster`
        are needed; `label`, `baseUrl` (instead of https://CLUSTER.cognitedata.com),
        `authority`, `metadata` (of the authority), `deviceClientId`,
        `redirectUri`, `scopes` (a list) and `project` are optional.
        They are sent to every JupyterLab page: a connection with a secret in it
        is left out, with a line in the log.
        """,
    ).tag(config=True)

    allowed_cdf_hosts = List(
        Unicode(),
        help="""
        Hosts ("cdf.example.com" or "cdf.example.com:8443"), besides
        *.cognitedata.com and the base URLs of the connections, at which this
        server may list the projects of a token, always over https.
        """,
    ).tag(config=True)

    cdf_timeout = Float(
        10.0,
        min=0.0,
        help="Seconds within which CDF must have answered this server in full.",
    ).tag(config=True)

    allowed_authority_hosts = List(
        Unicode(),
        help="""
        Hosts ("login.example.com" or "login.example.com:8443") of identity
        providers, besides Microsoft Entra's and those of the connections'
        authorities, at which this server may sign people in, always over https.
        """,
    ).tag(config=True)

    provider_timeout = Float(
        10.0,
        min=0.0,
        help="Seconds within which the identity provider must have answered in full.",
    ).tag(config=True)

    ca_bundle = Unicode(
        "",
        help="""
        A PEM file with certificate authorities that this server trusts besides the
        usual ones when it asks an identity provider or CDF.
        """,
    ).tag(config=True)

    profiles = List(
        Dict(),
        help="""
        Applications for unattended work, which the panel offers by name; a dict each:
        `name`, and `description` (what it is for); one of `secretFile` (a file with
        the client secret, 0600: recommended), `secretVariable` (an environment
        variable, which the server takes out of its own environment),
        `certificateFile` (PEM with the key, or PFX), `federatedTokenFile`,
        `workloadIdentity` (true: what the platform's AZURE_… variables say) or
        `managedIdentity` ("system", or a dict with `clientId`, `objectId` or
        `resourceId`). All but a managed identity need `clientId` and `tenant` (or
        `authority`, or the `tokenUrl` of another provider). Optional: `scopes` and
        `audience` (what to ask that provider for), `moreScopes` (what notebook code
        may ask for besides the cluster's), `keyFile`, `passphraseFile`,
        `passphraseVariable` and `thumbprint` (of the certificate), `clusters` (what it
        is for, by default the clusters of the `connections`), and the limits `users`
        (names of Jupyter's users) and `projects`.
        """,
    ).tag(config=True)

    keep_sessions = Bool(
        default_value=False,
        help="""
        Whether sign-ins with a device code outlast a restart of this server. Their
        refresh tokens are then in the operating system's vault, where it has one for
        this user, else in files that only this user can read.
        """,
    ).tag(config=True)

    session_folder = Unicode(
        "",
        help="""
        Where they are kept; by default `cdf-auth` in Jupyter's data directory. One
        server at a time has the folder.
        """,
    ).tag(config=True)

    #: Tests let it pass.
    clock: Clock = SystemClock()

    def initialize_settings(self) -> None:
        """Publish the connections in the configuration of the page.

        The page reads them with ``PageConfig.getOption('cdfAuth')``, which
        turns the value into a JSON string.
        """
        self._publishable = publishable(self.connections, self.log)
        page_config: dict[str, Any] = self.settings.setdefault("page_config_data", {})
        page_config["cdfAuth"] = {
            "connections": self._publishable,
            "redirectPath": REDIRECT_PATH,
        }
        end_pages_connections(self.settings)
        if (host := warn_of_plain_http(self.log)) is not None:
            page_config["cdfAuth"]["unencryptedGateway"] = host

    def initialize_handlers(self) -> None:
        """Add the routes; jupyter_server puts its base URL before them."""
        services = self._services = self._make_services()
        inspect = {
            "hosts": services.hosts,
            "trust": services.trust,
            "timeout_s": services.cdf_timeout_s,
        }
        shared = {"services": services}
        connections = {"connections": self._publishable}
        sessions = rf"/{PREFIX}/sessions"
        self.handlers.extend(
            [
                (rf"/{REDIRECT_PATH}", RedirectPageHandler),
                (rf"/{REDIRECT_PATH}\.js", RedirectScriptHandler),
                (rf"/{PREFIX}/inspect", InspectHandler, inspect),
                (rf"/{PREFIX}/connections", ConnectionListHandler, connections),
                (sessions, SessionListHandler, shared),
                (rf"{sessions}/{_ID}", SessionHandler, shared),
                (rf"{sessions}/{_ID}/kernels", SessionKernelsHandler, shared),
                (rf"{sessions}/{_ID}/inspect", SessionInspectHandler, shared),
            ]
        )

    async def stop_extension(self) -> None:
        """Forget all sessions and leave all kernels."""
        await self._services.sessions.close()
        await self._services.kernels.close()
        await self._blocking.close()

    def _make_services(self) -> Services:
        log = self.log
        hosts = CdfHosts(self._configured("baseUrl"), self.allowed_cdf_hosts, log)
        authorities = Authorities(
            self._configured("authority"), self.allowed_authority_hosts, log
        )
        self._blocking = Blocking()
        settings = OAuthSettings(
            authorities,
            trust := self._trust(),
            self.provider_timeout,
            self._blocking,
            self.clock,
        )
        connections, _ = complete_all(self._publishable)
        clusters = [one["cluster"] for one in connections]
        read = read_profiles(self.profiles, clusters, settings, os.environ, log)
        profiles = Profiles(read, connections)
        app = cast("ServerApp", self.serverapp)
        folder = Path(self.session_folder or Path(jupyter_data_dir(), "cdf-auth"))
        kept_at = folder.expanduser() if self.keep_sessions else None
        return Services(
            Sessions(settings, profiles, open_store(kept_at, log)),
            profiles,
            Kernels(app, self.clock, bootstrap),
            hosts,
            trust,
            self.cdf_timeout,
        )

    def _configured(self, field: str) -> list[str]:
        values = (connection.get(field) for connection in self._publishable)
        return [value for value in values if isinstance(value, str)]

    def _trust(self) -> Trust:
        trust = Trust(self.ca_bundle)
        if self.ca_bundle:
            try:
                # Now, so that the log of the start tells.
                _ = trust.context
            except OSError as error:
                self.log.error(  # noqa: TRY400 - no fault of ours to be traced
                    "c.CdfAuth.ca_bundle (%r) is ignored: %s", self.ca_bundle, error
                )
                return Trust("")
        return trust


@cache
def bootstrap() -> str:
    """Return the code that installs the agent in a kernel, made by the build."""
    try:
        return str(json.loads(_AGENT.read_text(encoding="utf-8"))["bootstrap"])
    except FileNotFoundError:
        raise CdfAuthError(
            501,
            "not_built",
            "The extension on the Jupyter server has not been built.",
            "Run `npm run build:agent`.",
        ) from None
