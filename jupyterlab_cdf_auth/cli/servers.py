"""The running Jupyter servers of this user, and which of them is meant."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .addresses import LOOPBACK, origin, parse_address, port_of
from .problem import USAGE, Problem
from .terminal import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: The variable in which Jupyter itself takes a server's token.
TOKEN_VARIABLE = "JUPYTER_TOKEN"  # noqa: S105 - a name

_ANY = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to
# What people copy is the address of a page.
_PAGE = re.compile(r"/(lab|tree|notebooks|doc|login)(/.*)?$")


@dataclass(frozen=True)
class Server:
    """A Jupyter server: its base URL with a slash at the end, and the way in."""

    #: A good address: no part of it raises ValueError.
    url: str
    token: str = field(default="", repr=False)
    sock: str = ""
    #: Where its notebooks are, by which people tell servers apart.
    folder: str = ""

    @property
    def port(self) -> int | None:
        """The TCP port, None for a unix socket."""
        return None if self.sock else port_of(urlsplit(self.url))

    @property
    def name(self) -> str:
        """What ``--server`` takes."""
        return self.sock or self.url

    @property
    def is_local(self) -> bool:
        """Whether what is sent to it stays on this machine."""
        return bool(self.sock) or urlsplit(self.url).hostname in LOOPBACK

    @property
    def reveals_token(self) -> bool:
        """Whether its token can be read by everybody on the way."""
        is_plain = self.url.startswith("http:")
        return bool(self.token) and is_plain and not self.is_local

    def is_meant_by(self, name: str) -> bool:
        """Tell whether a user who says ``name`` means this one.

        Raises ValueError for an address that can't be one.
        """
        if name.isdecimal():
            return self.port == int(name)
        if self.sock or "://" not in name:
            return name in {self.sock, self.url}
        # A port has one server, whatever page of it the address is of.
        return origin(urlsplit(self.url)) == origin(parse_address(name))


def running() -> list[Server]:
    """Give those that have left their address for this user and whose process lives.

    Jupyter writes it, with the token, into a file that only its user can read.
    """
    # It takes a second, which `--help` needn't.
    from jupyter_server.serverapp import list_running_servers  # noqa: PLC0415

    found = (_read(info) for info in list_running_servers())
    return sorted((one for one in found if one), key=lambda one: one.name)


def find(
    name: str | None,
    servers: Sequence[Server],
    answers: Callable[[Server], bool],
) -> list[Server]:
    """Give those that are meant: by name, or all that answer.

    ``answers`` tells of those that were found whether they do. Raises Problem
    ``unknown_server``.
    """
    if name is None:
        meant = [one for one in servers if answers(one)]
    else:
        try:
            meant = [one for one in servers if one.is_meant_by(name)]
            if not meant and re.match(r"https?://", name):
                meant = [_stranger(name)]
        except ValueError:
            raise Problem(
                "unknown_server",
                "--server isn't the address of a Jupyter server.",
                "Write it like http://localhost:8888/, without a user name.",
                USAGE,
            ) from None
        if not meant:
            known = _list(one for one in servers if answers(one))
            raise Problem(
                "unknown_server",
                "No Jupyter server of yours has this port, address or socket.",
                f"Running are:\n{known}" if known else "None is running.",
                USAGE,
            )
    # The token in the environment is for one server. Where several are meant, all but
    # that one would be shown what isn't theirs.
    return [_with_given_token(meant[0])] if len(meant) == 1 else meant


def choose(
    name: str | None,
    servers: Sequence[Server],
    answers: Callable[[Server], bool],
) -> Server:
    """Find the one that is meant; never guess.

    Raises Problem: ``no_server``, ``several_servers``, ``unknown_server``.
    """
    meant = find(name, servers, answers)
    if not meant:
        raise no_server()
    if len(meant) > 1:
        raise Problem(
            "several_servers",
            "Several Jupyter servers are running.",
            f"Name one with --server, by its address or its port:\n{_list(meant)}",
            USAGE,
        )
    return meant[0]


def no_server() -> Problem:
    """Say that there is none."""
    return Problem(
        "no_server",
        "No Jupyter server of yours is running on this machine.",
        "Start one, for example with `jupyter lab`, or name one with --server URL and "
        f"its token in {TOKEN_VARIABLE}.",
    )


def _stranger(name: str) -> Server:
    """Make one of an address; the token isn't taken from it. Raises ValueError."""
    parts = parse_address(name)
    if not parts.hostname or parts.username is not None:
        raise ValueError
    path = _PAGE.sub("", parts.path).rstrip("/")
    return Server(f"{parts.scheme}://{parts.netloc}{path}/")


def _with_given_token(server: Server) -> Server:
    if server.token:
        return server
    return replace(server, token=os.environ.get(TOKEN_VARIABLE, ""))


def _read(info: Any) -> Server | None:  # noqa: ANN401 - JSON of a file
    url, sock, token = info.get("url"), info.get("sock") or "", info.get("token") or ""
    if not isinstance(url, str) or not isinstance(sock, str):
        return None
    if _is_of_another_user(info["pid"]):
        return None
    if sock:
        url = f"http://localhost{info.get('base_url') or '/'}"
    elif info.get("hostname") in _ANY and url.startswith("http:"):
        # It listens here as well; the machine's name may lead round by the network.
        url = f"http://127.0.0.1:{info.get('port')}{info.get('base_url') or '/'}"
    try:
        parse_address(url)
    except ValueError:
        return None
    return Server(url, str(token), sock, str(info.get("root_dir") or ""))


def _is_of_another_user(pid: int) -> bool:
    """Tell whether a killed server's number has gone to somebody else's process.

    Jupyter takes that for alive, and whoever has its port by now would be sent its
    token. A server that has written the file runs as the file's user.
    """
    if sys.platform == "win32":
        # There, the signal would end the process.
        return False
    try:
        os.kill(pid, 0)
    except OSError as error:
        # One that has just ended shows when it doesn't answer.
        return isinstance(error, PermissionError)
    return False


def _list(servers: Iterable[Server]) -> str:
    return listed([[one.name, one.folder] for one in servers])
