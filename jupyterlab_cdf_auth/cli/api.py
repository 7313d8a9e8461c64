"""The REST API of a Jupyter server, as docs/server-api.md describes it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from .answers import (
    Connection,
    Kernel,
    Profile,
    Session,
    read_kernels,
    read_projects,
)
from .client import CONNECT, open_client
from .problem import Problem
from .servers import TOKEN_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .servers import Server

_T = TypeVar("_T")

#: Jupyter's answers to a stranger; a hub sends its login page.
_NOT_LET_IN = (HTTPStatus.FOUND, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_PARTS = ("code", "message", "action")


class Api:
    """What the command line asks one server. All methods raise Problem."""

    def __init__(self, server: Server) -> None:
        """Prepare; nothing is asked yet."""
        self._server = server
        self._http = open_client(server)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def answers(self) -> bool:
        """Tell whether anybody answers at the address, whatever it says."""
        try:
            self._http.get("api", timeout=CONNECT)
        except httpx.TransportError as error:
            # One that can't be trusted is there, and the next request says so.
            return "CERTIFICATE" in str(error)
        return True

    def connections(self) -> tuple[list[Connection], list[dict[str, str]]]:
        """Give the administrator's connections, and the problems of broken entries."""

        def read(answer: Any) -> tuple[list[Connection], list[dict[str, str]]]:  # noqa: ANN401
            return [Connection.read(one) for one in answer["connections"]], answer[
                "problems"
            ]

        return self._ask("GET", "cdf-auth/connections", None, read)

    def sessions(self) -> list[Session]:
        """List the sessions of this user."""
        return self._ask(
            "GET",
            "cdf-auth/sessions",
            None,
            lambda answer: [Session.read(one) for one in answer["sessions"]],
        )

    def profiles(self) -> list[Profile]:
        """List the profiles that there are for this user."""
        return self._ask(
            "GET",
            "cdf-auth/sessions",
            None,
            lambda answer: [Profile.read(one) for one in answer["profiles"]],
        )

    def start(self, body: dict[str, Any]) -> Session:
        """Start a session; the body says how."""
        return self._ask("POST", "cdf-auth/sessions", body, Session.read)

    def session(self, id_: str) -> Session:
        """Look at one session."""
        return self._ask("GET", f"cdf-auth/sessions/{id_}", None, Session.read)

    def end(self, id_: str) -> None:
        """Call a sign-in off, or sign out."""
        self._ask("DELETE", f"cdf-auth/sessions/{id_}", None, lambda _: None)

    def serve(
        self, id_: str, kernels: Sequence[str], context: dict[str, Any]
    ) -> Session:
        """Name kernels to a session."""
        body = {"kernels": list(kernels), "context": context}
        path = f"cdf-auth/sessions/{id_}/kernels"
        return self._ask("PUT", path, body, Session.read)

    def served(self, id_: str) -> dict[str, str]:
        """Give the ids of the kernels that a session serves, and their states."""
        return self._ask(
            "GET",
            f"cdf-auth/sessions/{id_}/kernels",
            None,
            lambda answer: {str(one["id"]): one["state"] for one in answer["kernels"]},
        )

    def projects(self, id_: str, base_url: str) -> list[str] | None:
        """List the projects of a session's account; None where CDF doesn't."""
        path = f"cdf-auth/sessions/{id_}/inspect"
        return self._ask("POST", path, {"baseUrl": base_url}, read_projects)

    def kernels(self) -> list[Kernel]:
        """List the kernels that have a Jupyter session."""
        return self._ask("GET", "api/sessions", None, read_kernels)

    def _ask(
        self, method: str, path: str, body: object, read: Callable[[Any], _T]
    ) -> _T:
        try:
            response = self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise self._unreachable(error) from None
        if response.status_code == HTTPStatus.NO_CONTENT:
            return read(None)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not response.is_success:
            raise self._refusal(response.status_code, answer)
        try:
            return read(answer)
        except (LookupError, TypeError, ValueError, AttributeError):
            raise self._bad_answer() from None

    def _unreachable(self, error: httpx.TransportError) -> Problem:
        name = self._server.name
        if "CERTIFICATE" in str(error):
            return Problem(
                "certificate_untrusted",
                f"The certificate of the Jupyter server at {name} isn't trusted.",
                "Set SSL_CERT_FILE to a PEM file with the authority that signed it, "
                "and name the server by a host that stands in it.",
            )
        return Problem(
            "server_unreachable",
            f"The Jupyter server at {name} doesn't answer ({type(error).__name__}).",
            "Check that it is running: `jupyter server list`.",
        )

    def _refusal(self, status: int, answer: object) -> Problem:
        name = self._server.name
        if isinstance(answer, dict) and answer.get("code"):
            told = {name: str(answer.get(name) or "") for name in _PARTS}
            return Problem(told["code"], told["message"], told["action"])
        if status == HTTPStatus.NOT_FOUND:
            return Problem(
                "extension_missing",
                f"The Jupyter server at {name} hasn't got this extension, or an older "
                "version of it.",
                "Install jupyterlab-cdf-auth in the server's environment, and restart "
                "it; `jupyter server extension list` shows whether it is enabled.",
            )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Problem(
                "server_fault",
                f"The Jupyter server at {name} has failed (HTTP {status}).",
                "Its log says why.",
            )
        if status not in _NOT_LET_IN:
            return self._bad_answer()
        if self._server.token:
            action = "Its token has changed, or its administrator doesn't allow it."
        else:
            action = (
                f"Put its token into the environment variable {TOKEN_VARIABLE}, and "
                "name the server with --server where several are running. One that has "
                "a password only must be started with a token as well."
            )
        return Problem(
            "not_authenticated",
            f"The Jupyter server at {name} doesn't let this command in "
            f"(HTTP {status}).",
            action,
        )

    def _bad_answer(self) -> Problem:
        return Problem(
            "bad_answer",
            f"What answers at {self._server.name} is no Jupyter server with this "
            "extension, or one of another version.",
            "Check the address, and that both are of the same version.",
        )
