"""The HTTP routes of the sessions: docs/server-api.md and docs/openapi.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from tornado import web

from .cdf import inspect_token
from .errors import CdfAuthError, bad_request
from .json_handler import JsonHandler
from .models import Connection, Context, Replaced, is_id, read_kernel_ids

if TYPE_CHECKING:
    from .bounded_http import Trust
    from .hosts import CdfHosts
    from .kernels import Kernels
    from .profiles.catalogue import Profiles
    from .session import Session
    from .sessions import Sessions


@dataclass(frozen=True)
class Services:
    """What the handlers work with."""

    sessions: Sessions
    profiles: Profiles
    kernels: Kernels
    hosts: CdfHosts
    trust: Trust
    cdf_timeout_s: float

    def describe(self, session: Session) -> dict[str, Any]:
        """Return what a page is told of a session."""
        return session.as_json(self.kernels.count(session))


class SessionsHandler(JsonHandler):
    """A handler that knows the sessions and who asks for them."""

    def initialize(self, name: str, services: Services) -> None:
        """Receive what the extension app has made."""
        super().initialize(name)
        self.services = services

    @property
    def user(self) -> str:
        """Whose sessions these are.

        Jupyter's own providers know one person, who has the server's token or
        password, and make up another name for each browser and each request with
        a token: these are one user.
        """
        if type(self.identity_provider) in {IdentityProvider, PasswordIdentityProvider}:
            return ""
        return f"user:{self.current_user.username}"

    def session(self, id_: str) -> Session:
        """Find one of the user's. Raises CdfAuthError ``no_session``."""
        return self.services.sessions.get(self.user, id_)


class SessionListHandler(SessionsHandler):
    """``sessions``."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        """List the sessions of the user, and the profiles that there are for them."""
        services = self.services
        sessions, profiles = services.sessions.of(self.user), services.profiles
        self.finish(
            {
                "sessions": [services.describe(one) for one in sessions],
                "profiles": [one.as_json() for one in profiles.of(self.user)],
            }
        )

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Start a session of a profile; else one with a device code, or renew it."""
        body = self.read_body()
        renewed, profile = body.get("session"), body.get("profile")
        if renewed is not None and not is_id(renewed):
            raise bad_request('"session" must be the id of a session.')
        given = body.get("replaces")
        replaces = None if given is None else Replaced.read(given)
        if renewed is not None and replaces is not None:
            raise bad_request(
                'A session that is renewed replaces no other: "replaces".'
            )
        connection = Connection.read(body.get("connection"))
        sessions = self.services.sessions
        if profile is None:
            session = await sessions.start(self.user, connection, renewed, replaces)
        elif isinstance(profile, str) and renewed is None and replaces is None:
            session = await sessions.use_profile(self.user, profile, connection)
        else:
            raise bad_request('"profile" must be a name, without "session" and others.')
        self.set_status(201)
        self.finish(self.services.describe(session))


class SessionHandler(SessionsHandler):
    """``sessions/{id}``."""

    @web.authenticated
    @authorized
    def get(self, id_: str) -> None:
        """Describe a session."""
        self.finish(self.services.describe(self.session(id_)))

    @web.authenticated
    @authorized
    async def delete(self, id_: str) -> None:
        """Call a sign-in off, or sign out and tell the kernels."""
        self.services.sessions.end(self.user, id_)
        await self.services.kernels.forget(id_)
        self.set_status(204)
        self.finish()


class SessionKernelsHandler(SessionsHandler):
    """``sessions/{id}/kernels``."""

    @web.authenticated
    @authorized
    def get(self, id_: str) -> None:
        """List the kernels that are served, and how far their couriers are."""
        kernels = self.services.kernels.of(self.session(id_))
        self.finish(
            {"kernels": [{"id": id_, "state": kernels[id_]} for id_ in kernels]}
        )

    @web.authenticated
    @authorized
    async def put(self, id_: str) -> None:
        """Serve these kernels from now on."""
        session = self.session(id_)
        body = self.read_body()
        kernel_ids = read_kernel_ids(body.get("kernels"))
        if "context" not in body:
            raise bad_request('"context" must be a context or null.')
        given = body["context"]
        context = None if given is None else Context.read(given)
        if session.account is None:
            raise CdfAuthError(
                409,
                "not_signed_in",
                "Nobody has signed in to this session yet.",
                "Finish the sign-in first.",
            )
        if context is not None:
            context = session.adapt(context)
        await self.services.kernels.name(session, kernel_ids, context)
        unheard = await self.services.kernels.unheard(session, kernel_ids)
        self.finish({**self.services.describe(session), "unheard": unheard})


class SessionInspectHandler(SessionsHandler):
    """``sessions/{id}/inspect``."""

    @web.authenticated
    @authorized
    async def post(self, id_: str) -> None:
        """Ask CDF for the projects of the session's own token."""
        session = self.session(id_)
        base = self.services.hosts.check(self.read_base_url())
        token = await session.get_token(session.connection.scopes)
        said = await inspect_token(
            base,
            token.text,
            tls=self.services.trust.context,
            timeout_s=self.services.cdf_timeout_s,
        )
        self.finish(session.narrow(said))
