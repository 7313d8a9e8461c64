"""The running Jupyter servers of this user, and which of them is meant."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from .problem import USAGE, Problem
from .terminal import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: The variable in which Jupyter itself takes a server's token.
TOKEN_VARIABLE = "JUPYTER_TOKEN"  # noqa: S105 - a name

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ANY = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to
_PORTS = {"http": 80, "https": 443}
# What people copy is the address of a page.
_PAGE = re.compile(r"/(lab|tree|notebooks|doc|login)(/.*)?$")


@dataclass(frozen=True)
class Server:
    """A Jupyter server: its base URL with a slash at the end, and the way in."""

    url: str
    token: str = field(default="", repr=False)
    sock: str = ""
    #: Where its notebooks are, by which people tell servers apart.
    folder: str = ""

    @property
    def port(self) -> int | None:
        """The TCP port, None for a unix socket."""
        return None if self.sock else _port(urlsplit(self.url))

    @property
    def name(self) -> str:
        """What ``--server`` takes."""
        return self.sock or self.url

    @property
    def is_local(self) -> bool:
        """Whether what is sent to it stays on this machine."""
        return bool(self.sock) or urlsplit(self.url).hostname in _LOOPBACK

    def is_meant_by(self, name: str) -> bool:
        """Tell whether a user who says ``name`` means this one."""
        if name.isdecimal():
            return self.port == int(name)
        if self.sock or "://" not in name:
            return name in {self.sock, self.url}
        # A port has one server, whatever page of it the address is of.
        return _origin(urlsplit(self.url)) == _origin(urlsplit(name))


def running() -> list[Server]:
    """Give those that have left their address for this user and whose process lives.

    Jupyter writes it, with the token, into a file that only its user can read.
    """
    # It takes a second, which `--help` needn't.
    from jupyter_server.serverapp import list_running_servers  # noqa: PLC0415

    given = os.environ.get(TOKEN_VARIABLE, "")
    found = (_read(info, given) for info in list_running_servers())
    return sorted((one for one in found if one), key=lambda one: one.name)


def choose(
    name: str | None,
    servers: Sequence[Server],
    answers: Callable[[Server], bool],
) -> Server:
    """Find the one that is meant; never guess.

    ``answers`` tells of those that were found whether they do. Raises Problem:
    ``no_server``, ``several_servers``, ``unknown_server``.
    """
    if name is None:
        alive = [one for one in servers if answers(one)]
        if not alive:
            raise no_server()
    else:
        alive = [one for one in servers if one.is_meant_by(name)]
        if not alive and re.match(r"https?://", name):
            return _stranger(name)
        if not alive:
            known = _list(one for one in servers if answers(one))
            raise Problem(
                "unknown_server",
                "No Jupyter server of yours has this port, address or socket.",
                f"Running are:\n{known}" if known else "None is running.",
                USAGE,
            )
    if len(alive) > 1:
        raise Problem(
            "several_servers",
            "Several Jupyter servers are running.",
            f"Name one with --server, by its address or its port:\n{_list(alive)}",
            USAGE,
        )
    return alive[0]


def no_server() -> Problem:
    """Say that there is none."""
    return Problem(
        "no_server",
        "No Jupyter server of yours is running on this machine.",
        "Start one, for example with `jupyter lab`, or name one with --server URL and "
        f"its token in {TOKEN_VARIABLE}.",
    )


def _stranger(name: str) -> Server:
    """Make one of an address; the token isn't taken from it."""
    parts = urlsplit(name)
    try:
        is_good = parts.hostname and parts.username is None and _port(parts)
    except ValueError:
        is_good = False
    if not is_good:
        raise Problem(
            "unknown_server",
            "--server isn't the address of a Jupyter server.",
            "Write it like http://localhost:8888/, without a user name.",
            USAGE,
        )
    path = _PAGE.sub("", parts.path).rstrip("/")
    token = os.environ.get(TOKEN_VARIABLE, "")
    return Server(f"{parts.scheme}://{parts.netloc}{path}/", token)


def _read(info: Any, given: str) -> Server | None:  # noqa: ANN401 - JSON of a file
    url, sock, token = info.get("url"), info.get("sock") or "", info.get("token") or ""
    if not isinstance(url, str) or not isinstance(sock, str):
        return None
    if sock:
        url = f"http://localhost{info.get('base_url') or '/'}"
    elif info.get("hostname") in _ANY and url.startswith("http:"):
        # It listens here as well; the machine's name may lead round by the network.
        url = f"http://127.0.0.1:{info.get('port')}{info.get('base_url') or '/'}"
    folder = str(info.get("root_dir") or "")
    return Server(url, str(token) or given, sock, folder)


def _list(servers: Iterable[Server]) -> str:
    return listed([[one.name, one.folder] for one in servers])


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    try:
        host, port = parts.hostname or "", _port(parts)
    except ValueError:
        host, port = "", None
    return parts.scheme, "localhost" if host in _LOOPBACK else host, port


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)
