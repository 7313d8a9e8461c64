"""The server extension and its configuration."""

from __future__ import annotations

from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Dict, Float, List, Unicode

from .connections import publishable
from .hosts import CdfHosts
from .routes import (
    PREFIX,
    REDIRECT_PATH,
    InspectHandler,
    RedirectPageHandler,
    RedirectScriptHandler,
)


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

    def initialize_handlers(self) -> None:
        """Add the routes; jupyter_server puts its base URL before them."""
        base_urls = (connection.get("baseUrl") for connection in self._publishable)
        hosts = CdfHosts(
            [url for url in base_urls if isinstance(url, str)],
            self.allowed_cdf_hosts,
            self.log,
        )
        inspect = {"hosts": hosts, "timeout_s": self.cdf_timeout}
        self.handlers.extend(
            [
                (rf"/{REDIRECT_PATH}", RedirectPageHandler),
                (rf"/{REDIRECT_PATH}\.js", RedirectScriptHandler),
                (rf"/{PREFIX}/inspect", InspectHandler, inspect),
            ]
        )
