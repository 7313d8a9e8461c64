"""A page's own connection to a kernel behind a gateway, and the end of it.

jupyter_server (2.21 is the newest that was looked at) leaves a connection to the
gateway open for ever where the page goes while it is being made, as JupyterLab does
when it opens a notebook. The gateway then has two of one name. A kernel hears only one
of them on each channel, and after a restart it is chance which: cells don't end, and
tokens don't arrive. Nor is such a kernel ever culled.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.gateway.connections import GatewayWebSocketConnection

from .gateway import close_when_made

_SETTING = "kernel_websocket_connection_class"


def end_pages_connections(settings: dict[str, Any]) -> None:
    """Have them closed; a class that an administrator has configured stays."""
    if settings.get(_SETTING) is GatewayWebSocketConnection:
        settings[_SETTING] = PageConnection


class PageConnection(GatewayWebSocketConnection):
    """Jupyter's own, closed also where it is made too late."""

    async def connect(self) -> None:
        """Connect, unless the page has gone since a new attempt was planned."""
        if not self.disconnected:
            await super().connect()  # type: ignore[no-untyped-call]

    def disconnect(self) -> None:  # type: ignore[override]
        """Close it, now or as soon as it is there."""
        making = self.ws_future
        if self.ws is None and making is not None and not making.done():
            self.disconnected = True
            close_when_made(making)
        else:
            super().disconnect()  # type: ignore[no-untyped-call]
