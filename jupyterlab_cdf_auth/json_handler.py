"""What our handlers of JSON share."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin

from .errors import CdfAuthError, bad_request

#: Most bytes of a request's body.
_MAX_BODY = 200_000


class JsonHandler(ExtensionHandlerMixin, APIHandler):
    """The resource's name, no-store, errors, bodies."""

    auth_resource = "cdf-auth"

    def set_default_headers(self) -> None:
        """Let nobody keep an answer, be it an error."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401
        """Write an error of ours as ``{"code", "message", "action"}``."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, CdfAuthError):
            self.set_status(error.status)
            self.finish(error.as_json())
        else:
            super().write_error(status_code, **kwargs)

    def log_exception(self, *exc_info: Any) -> None:  # noqa: ANN401
        """Write down what is no answer of ours."""
        if not isinstance(exc_info[1], CdfAuthError):
            super().log_exception(*exc_info)

    def read_body(self) -> dict[str, Any]:
        """Read a JSON object. Raises CdfAuthError ``bad_request``."""
        # Not get_json_body(): it logs a body that it cannot read.
        body: Any = None
        if len(self.request.body) <= _MAX_BODY:
            try:
                body = json.loads(self.request.body)
            except (ValueError, RecursionError):
                body = None
        if not isinstance(body, dict):
            raise bad_request(
                'The body must be a JSON object of moderate size, like {"baseUrl": …}.'
            )
        return body

    def read_base_url(self) -> str:
        """Read ``{"baseUrl": …}``. Raises CdfAuthError ``bad_request``."""
        base_url = self.read_body().get("baseUrl")
        if not isinstance(base_url, str):
            raise bad_request('The body must be JSON: {"baseUrl": "https://…"}.')
        return base_url
