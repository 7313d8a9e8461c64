"""The HTTP routes, as thin as they can be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web

from .cdf import inspect_token
from .errors import CdfAuthError

if TYPE_CHECKING:
    from .hosts import CdfHosts

PREFIX = "cdf-auth"
REDIRECT_PATH = f"{PREFIX}/redirect"
TOKEN_HEADER = "X-Cdf-Auth-Token"  # noqa: S105 - the header's name

_HERE = Path(__file__).parent
_PAGE = _HERE / "redirect.html"
_SCRIPT = _HERE / "static" / "redirect.js"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'none'; style-src 'none'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
# What RFC 6750 allows as a bearer token. Anything else could not be sent, and
# the HTTP client would quote it in its complaint.
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class RedirectPageHandler(ExtensionHandlerMixin, JupyterHandler):
    """The page to which the identity provider sends the sign-in window back.

    It needs no Jupyter session: the window may not have one (cookies of another
    host name), and the page holds nothing but a script that passes the answer
    on within this origin.
    """

    def set_default_headers(self) -> None:
        """Set the page's own policy, whatever the deployment sets for others."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", _PAGE_POLICY)
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        # An opener policy would cut the window off from the tab that opened it.
        self.clear_header("Cross-Origin-Opener-Policy")

    @allow_unauthenticated
    def get(self) -> None:
        """Send the page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(_PAGE.read_bytes())


class RedirectScriptHandler(ExtensionHandlerMixin, JupyterHandler):
    """The page's one script.

    It is not a static file of Jupyter's, which would be cached: an old script
    would go on answering for a new version of MSAL in the tab.
    """

    @allow_unauthenticated
    def get(self) -> None:
        """Send the script, or 404 in a clone that has not been built."""
        try:
            script = _SCRIPT.read_bytes()
        except FileNotFoundError:
            raise web.HTTPError(404, "Not built: run `npm run build:bridge`.") from None
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(script)


class InspectHandler(ExtensionHandlerMixin, APIHandler):
    """Asks CDF for the projects of a token where CORS keeps the page from it.

    Request: ``POST {"baseUrl": "https://…"}`` with the access token in the
    header ``X-Cdf-Auth-Token``; ``Authorization`` is Jupyter's.

    Answer: **200** whenever CDF gave a verdict on the token, as
    ``{"status": 200, "answer": {"subject", "projects", …}}``, or with ``status``
    401 or 403 and ``answer`` CDF's error object or null. So an HTTP status of
    401 or 403 is never CDF's. Everything else is
    ``{"code", "message", "action"}``: 400 ``bad_request``, 403
    ``host_not_allowed``, 502 ``cdf_unreachable`` or ``cdf_bad_answer``, 504
    ``cdf_timeout``. Without ``code`` the answer is Jupyter's own (403 without a
    session or an XSRF token).
    """

    auth_resource = "cdf-auth"

    def initialize(self, name: str, hosts: CdfHosts, timeout_s: float) -> None:
        """Receive what the extension app configured."""
        super().initialize(name)
        self._hosts = hosts
        self._timeout_s = timeout_s

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Pass the question on to CDF."""
        self.set_header("Cache-Control", "no-store")
        try:
            base = self._hosts.check(self._base_url())
            answer = await inspect_token(base, self._token(), self._timeout_s)
        except CdfAuthError as error:
            self.set_status(error.status)
            self.finish(error.as_json())
        else:
            self.finish(answer)

    def _base_url(self) -> str:
        # Not get_json_body(): it logs a body that it cannot read.
        try:
            body: Any = json.loads(self.request.body)
        except (ValueError, RecursionError):
            body = None
        base_url = body.get("baseUrl") if isinstance(body, dict) else None
        if not isinstance(base_url, str):
            raise _bad_request('The body must be JSON: {"baseUrl": "https://…"}.')
        return base_url

    def _token(self) -> str:
        token = self.request.headers.get(TOKEN_HEADER, "")
        if not _BEARER.fullmatch(token):
            raise _bad_request(f"The header {TOKEN_HEADER} must hold an access token.")
        return token


def _bad_request(message: str) -> CdfAuthError:
    return CdfAuthError(
        400, "bad_request", message, "Reload the page; if it stays, report it."
    )
