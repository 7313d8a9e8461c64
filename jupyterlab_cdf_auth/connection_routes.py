"""The HTTP route of the connections: docs/server-api.md and docs/openapi.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .device_connections import complete_all
from .json_handler import JsonHandler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ConnectionListHandler(JsonHandler):
    """``connections``."""

    def initialize(self, name: str, connections: Sequence[Mapping[str, Any]]) -> None:
        """Receive those of the configuration that may be published."""
        super().initialize(name)
        self._connections = connections

    @web.authenticated
    @authorized
    def get(self) -> None:
        """List them as a sign-in with a device code takes them."""
        connections, problems = complete_all(self._connections)
        self.finish({"connections": connections, "problems": problems})
