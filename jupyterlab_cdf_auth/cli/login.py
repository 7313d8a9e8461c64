"""``jupyter cdf-auth login``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .choice import check_project, choose_connection, choose_project, choose_session
from .kernels import listing, named
from .problem import FAILED, USAGE, Problem
from .serving import Wish, serve
from .sign_in import as_problem, sign_in
from .terminal import listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Connection, Session
    from .api import Api
    from .terminal import Terminal


@dataclass(frozen=True)
class LoginOptions:
    """What was asked for."""

    connection: str | None = None
    cluster: str | None = None
    profile: str | None = None
    session: str | None = None
    project: str | None = None
    kernels: tuple[str, ...] = ()
    all: bool = False


def login(
    api: Api,
    terminal: Terminal,
    options: LoginOptions,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Sign in where nobody is signed in yet, and have kernels served.

    Returns the exit code. Raises Problem.
    """
    if options.project is not None:
        check_project(options.project)
    connection = choose_connection(
        *api.connections(), options.connection, options.cluster
    )
    # Before anybody signs in: a name that is wrong should cost no sign-in.
    wanted = named(api.kernels(), options.kernels)
    known = choose_session(api.sessions(), connection, options.session, options.profile)
    if options.profile is not None and known is None:
        known = _with_profile(api, connection, options.profile)
    session, names = _signed_in(api, terminal, connection, known, pause)
    project = choose_project(options.project, connection, names, session.username)
    if options.all:
        wanted = api.kernels()
    is_done = True
    if wanted:
        wish = Wish(connection, project, is_explicit=options.project is not None)
        served = serve(api, terminal, session, wanted, wish, pause=pause)
        is_done = served.is_complete or options.all
        # What was served before may have a project that was chosen elsewhere.
        if project is None and served.is_new and session.problem is None:
            _say_projects(terminal, session, names)
        if options.all:
            _say_later(terminal)
    else:
        _say_how(api, terminal)
    # An application that gets no tokens keeps its session, and cells wait for them.
    session = api.session(session.id)
    if session.problem is not None:
        terminal.complain(as_problem(session))
        return FAILED
    return 0 if is_done else FAILED


def _with_profile(api: Api, connection: Connection, profile: str) -> Session:
    """Start a session of an application; no person is needed."""
    try:
        return api.start({"profile": profile, "connection": connection.form})
    except Problem as problem:
        if problem.code != "no_profile":
            raise
        known = [[one.name, one.description] for one in api.profiles()]
        action = (
            f"These are there for you:\n{listed(known)}" if known else problem.action
        )
        raise Problem(problem.code, problem.message, action, USAGE) from None


def _signed_in(
    api: Api,
    terminal: Terminal,
    connection: Connection,
    known: Session | None,
    pause: Callable[[float], None],
) -> tuple[Session, list[str]]:
    """Give an active session and the projects of its account, where CDF lists them."""
    session = known
    if session is not None and session.is_active:
        names = _projects(api, session, connection)
        # That the sign-in has ended, or what an application lacks, may turn out only
        # now.
        session = api.session(session.id)
        if session.is_active:
            terminal.say(_standing(session, connection))
            return session, names
    body: dict[str, Any] = {"connection": connection.form}
    if session is not None:
        terminal.say(f"The sign-in of {session.who} has ended, and is renewed.")
        body["session"] = session.id
    else:
        terminal.say(f"Signing in to {connection.label}.")
    session = sign_in(api, terminal, body, pause)
    terminal.say(f"{session.who} has signed in to {connection.label}.")
    return session, _projects(api, session, connection)


def _standing(session: Session, connection: Connection) -> str:
    if session.problem is None:
        return f"{session.who} is signed in to {connection.label}."
    return (
        f"{session.who} gets no token for {connection.label} at the moment: cells wait."
    )


def _projects(api: Api, session: Session, connection: Connection) -> list[str]:
    """List them where that works: a project can be named without the list."""
    try:
        return api.projects(session.id, connection.base_url) or []
    except Problem:
        return []


def _say_later(terminal: Terminal) -> None:
    terminal.say(
        "\nKernels that are started later aren't served: run this command again then."
        "\nIt asks for no second sign-in."
    )


def _say_how(api: Api, terminal: Terminal) -> None:
    kernels = api.kernels()
    if not kernels:
        terminal.say(
            "\nNo kernel of this server has a Jupyter session yet, so none is served."
            "\nOpen a notebook, and run `jupyter cdf-auth login --all` then: it asks "
            "for no\nsecond sign-in."
        )
        return
    terminal.say("\nNo kernel was named, so none is served. There are:\n")
    terminal.table(listing(kernels))
    terminal.say(
        "\nName some with --kernel NOTEBOOK or --kernel ID, or all with --all; that "
        "asks\nfor no second sign-in."
    )


def _say_projects(terminal: Terminal, session: Session, names: list[str]) -> None:
    if names:
        terminal.say(f"\nNo project is selected. {session.username} can use:\n")
        terminal.table([[name] for name in names])
        terminal.say("\nChoose with --project; get_token() works without.")
    else:
        terminal.say(
            "\nNo project is selected, and CDF doesn't list those of this account. "
            "Choose\nwith --project; get_token() works without."
        )
