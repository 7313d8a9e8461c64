"""The command ``jupyter cdf-auth``."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from .api import Api
from .login import LoginOptions, login
from .logout import logout
from .problem import Problem
from .servers import Server, choose, find, no_server, running
from .status import status
from .terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What a shell reports of a program that Ctrl-C has ended: 128 and SIGINT.
INTERRUPTED = 130

_DESCRIPTION = """\
Sign in to Cognite Data Fusion without a browser on this machine, for kernels of a
Jupyter server that runs here: those of VS Code, PyCharm or any other client, too.
"""
_EPILOG = """\
Exit codes: 0, done (status: somebody is signed in); 1, it can't be done (status:
nobody is, or something has gone wrong); 2, it was asked for in a wrong or ambiguous
way; 130, interrupted.
"""


def run() -> None:
    """Be the console script."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal can't show must not end the command.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="replace")
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say, and return the exit code."""
    terminal = Terminal()
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options, terminal)
    except Problem as problem:
        terminal.complain(problem)
        return problem.exit_code
    except KeyboardInterrupt:
        terminal.say("Called off.")
        return INTERRUPTED
    return code


def _status(options: argparse.Namespace, terminal: Terminal) -> int:
    servers = find(options.server, running(), _answers)
    if not servers and not options.json:
        raise no_server()
    for one in servers:
        _warn(one, terminal)
    return status(servers, terminal, as_json=options.json)


def _login(options: argparse.Namespace, terminal: Terminal) -> int:
    given = LoginOptions(
        connection=options.connection,
        cluster=options.cluster,
        profile=options.profile,
        session=options.session,
        project=options.project,
        kernels=tuple(options.kernel),
        all=options.all,
    )
    with closing(_api(options, terminal)) as api:
        return login(api, terminal, given)


def _logout(options: argparse.Namespace, terminal: Terminal) -> int:
    with closing(_api(options, terminal)) as api:
        return logout(api, terminal, options.session, every=options.all)


def _api(options: argparse.Namespace, terminal: Terminal) -> Api:
    server = choose(options.server, running(), _answers)
    _warn(server, terminal)
    return Api(server)


def _warn(server: Server, terminal: Terminal) -> None:
    if server.reveals_token:
        terminal.warn(
            f"the token of {server.url} travels in plain text; https would hide it."
        )


def _answers(server: Server) -> bool:
    try:
        # Whoever has the port by now needn't see the token for that.
        with closing(Api(replace(server, token=""))) as api:
            return api.answers()
    except Problem:
        # What keeps it from being asked is told when it is.
        return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jupyter cdf-auth",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = commands.add_parser(
        "login",
        help="sign in with a device code, and have kernels served",
        description="Sign in with a device code, where nobody is signed in yet, and "
        "have kernels served. The session lives on the Jupyter server until you sign "
        "out; where the server doesn't keep sessions (c.CdfAuth.keep_sessions), it "
        "ends with the server.",
    )
    _add_server(command)
    command.add_argument(
        "--connection", metavar="LABEL", help="where there are several"
    )
    command.add_argument(
        "--cluster", metavar="NAME", help="choose the connection by its cluster"
    )
    command.add_argument(
        "--profile",
        metavar="NAME",
        help="an application of the administrator's, in the place of a person",
    )
    command.add_argument(
        "--session", metavar="ID", help="go on with this one, where there are several"
    )
    command.add_argument(
        "--project",
        metavar="NAME",
        help="the CDF project; without it that of the connection, or the only one "
        "there is",
    )
    kernels = command.add_mutually_exclusive_group()
    kernels.add_argument(
        "--kernel",
        metavar="NOTEBOOK|ID",
        action="append",
        default=[],
        help="a kernel to serve, by its notebook or its id; may be repeated",
    )
    kernels.add_argument(
        "--all",
        action="store_true",
        help="every kernel that has a Jupyter session now",
    )
    command.set_defaults(run=_login)

    command = commands.add_parser(
        "status",
        help="who is signed in, and which kernels are served",
        description="Say who is signed in, and which kernels are served, on every "
        "running Jupyter server of yours.",
    )
    _add_server(command)
    command.add_argument("--json", action="store_true", help="for programs")
    command.set_defaults(run=_status)

    command = commands.add_parser(
        "logout",
        help="sign out, and tell the kernels",
        description="Sign out, and tell the kernels: they drop what they hold.",
    )
    _add_server(command)
    sessions = command.add_mutually_exclusive_group()
    sessions.add_argument("--session", metavar="ID", help="where there are several")
    sessions.add_argument("--all", action="store_true", help="every session")
    command.set_defaults(run=_logout)
    return parser


def _add_server(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--server",
        metavar="URL|PORT",
        help="the Jupyter server, where several are running",
    )
