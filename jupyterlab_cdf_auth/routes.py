"""The HTTP routes, as thin as they can be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web

from .access_token import BEARER
from .cdf import inspect_token
from .errors import bad_request
from .json_handler import JsonHandler

if TYPE_CHECKING:
    from .bounded_http import Trust
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


class InspectHandler(JsonHandler):
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

    def initialize(
        self, name: str, hosts: CdfHosts, trust: Trust, timeout_s: float
    ) -> None:
        """Receive what the extension app configured."""
        super().initialize(name)
        self._hosts = hosts
        self._trust = trust
        self._timeout_s = timeout_s

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Pass the question on to CDF."""
        base = self._hosts.check(self.read_base_url())
        self.finish(
            await inspect_token(
                base,
                self._token(),
                tls=self._trust.context,
                timeout_s=self._timeout_s,
            )
        )

    def _token(self) -> str:
        token = self.request.headers.get(TOKEN_HEADER, "")
        if not BEARER.fullmatch(token):
            raise bad_request(f"The header {TOKEN_HEADER} must hold an access token.")
        return token
