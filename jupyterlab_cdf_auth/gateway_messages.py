"""Messages of a kernel's websocket as JSON texts.

See "WebSocket kernel wire protocols" in jupyter_server's documentation; this is the
one without a name, with the channel as a key of the message.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .protocol import Content
    from .transport import Channel

#: The version of the Jupyter messaging protocol in which the messages are.
_VERSION = "5.3"


@dataclass(frozen=True)
class Incoming:
    """What was read of a message."""

    channel: str
    kind: str
    #: Whose process has made it: the kernel's, or that which serves the websocket.
    session: str
    parent: Content
    content: Content


class Framing:
    """Writes our messages, and reads those that can be of interest."""

    def __init__(self) -> None:
        """Make up an identity, which nobody else may have at that kernel."""
        self.session = secrets.token_hex(16)
        # A gateway sends everything that the kernel publishes. Somebody's output is
        # looked through for these, and isn't read.
        self._interesting = re.compile(rf"cdf-auth|execution_state|{self.session}")

    def write(self, channel: Channel, kind: str, content: Content) -> tuple[str, str]:
        """Give the id of a new message, and the message."""
        id_ = secrets.token_hex(16)
        header = {
            "msg_id": id_,
            "msg_type": kind,
            "username": "",
            "session": self.session,
            "date": datetime.now(timezone.utc).isoformat(),
            "version": _VERSION,
        }
        message: dict[str, Any] = {
            "channel": channel,
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "buffers": [],
        }
        return id_, json.dumps(message)

    def read(self, raw: str | bytes) -> Incoming | None:
        """Read a message; None: it is of no interest, or is none.

        One with binary parts comes as bytes, and is never ours.
        """
        if not isinstance(raw, str) or not self._interesting.search(raw):
            return None
        try:
            message: dict[str, Any] = json.loads(raw)
            header = message["header"]
            return Incoming(
                message["channel"],
                header["msg_type"],
                header["session"],
                message["parent_header"] or {},
                message["content"],
            )
        except (ValueError, TypeError, KeyError):
            return None


@dataclass
class Cells:
    """Which cells run, by what the kernel publishes of them.

    A cell and what somebody executes on control in the middle of it end apart from
    each other, so they are told apart by the request that they come from.
    """

    #: Whether there is one whose start came before the connection.
    is_earlier_running: bool = False
    _running: set[str] = field(default_factory=set)

    @property
    def is_idle(self) -> bool:
        """Whether none runs."""
        return not self._running and not self.is_earlier_running

    def note_status(self, parent: Content, state: object) -> bool:
        """Take up a status, and tell whether `is_idle` has changed by it."""
        if parent.get("msg_type") != "execute_request":
            return False
        was, id_ = self.is_idle, str(parent.get("msg_id"))
        if state == "busy":
            self._running.add(id_)
        elif id_ in self._running:
            self._running.discard(id_)
        else:
            self.is_earlier_running = False
        return was != self.is_idle
