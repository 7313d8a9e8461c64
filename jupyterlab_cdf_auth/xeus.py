"""How xeus-python is spoken to, which handles no request for comms.

See "xeus-python" in docs/protocol.md. Our content travels as the code of a
`complete_request` on control, and the acknowledgement comes back as its only match.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .protocol import COMM_ID, CONTENT_KEY

if TYPE_CHECKING:
    from .protocol import Content

#: What the kernel calls itself in its `kernel_info_reply`.
IMPLEMENTATION = "xeus-python"

#: What every topic of a kernel that is made with xeus begins with.
TOPIC = b"kernel_core."

#: What those end with that are of interest.
KINDS = (b".status", b".update_display_data")

_PREFIX = f"{COMM_ID}:"
_MIME = "application/vnd.cdf-auth+json"


def wrap(content: Content) -> Content:
    """Give the content of a `complete_request` from that of a `comm_info_request`."""
    return {"code": _PREFIX + json.dumps(content[CONTENT_KEY]), "cursor_pos": 0}


def unwrap(reply: Content | None) -> Content | None:
    """Give what a `comm_info_reply` would hold; without an agent it holds nothing."""
    if reply is None:
        return None
    try:
        (match,) = reply["matches"]
        return {CONTENT_KEY: json.loads(match)}
    except (KeyError, TypeError, ValueError):
        return {}


def question(content: Content) -> object:
    """Give the data of a question from an `update_display_data`; None: it isn't one."""
    if content.get("transient", {}).get("display_id") != COMM_ID:
        return None
    return content["data"].get(_MIME)


class Publications:
    """What is known of the kernel by what it publishes.

    It tells "idle" after each message on control as well, in the middle of a cell, so
    only what it says of cells counts.
    """

    def __init__(self) -> None:
        """Know nothing."""
        #: Whether no cell runs; None while that isn't known.
        self.is_idle: bool | None = None
        self._is_narrow = False

    def narrow(self, topic: bytes) -> list[bytes]:
        """Give the topics that are of interest, by the first that has come.

        They hold an id that the kernel has made up. By these nobody's output is read.
        """
        if self._is_narrow:
            return []
        self._is_narrow = True
        core = topic.rpartition(b".")[0]
        return [core + kind for kind in KINDS]

    def note_status(self, parent: Content | None, content: Content) -> bool:
        """Take up a status, and tell whether anything has changed by it."""
        if (parent or {}).get("msg_type") != "execute_request":
            return False
        was, self.is_idle = self.is_idle, content.get("execution_state") == "idle"
        return was is not self.is_idle
