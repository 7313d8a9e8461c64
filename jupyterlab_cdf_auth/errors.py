"""Errors that are meant for a person."""

from __future__ import annotations


class CdfAuthError(Exception):
    """A fault with what a program, a person and HTTP need to know about it.

    ``code`` is stable, ``message`` says what happened, ``action`` says what to
    do, and ``status`` is the HTTP status under which the page is told.
    """

    def __init__(self, status: int, code: str, message: str, action: str) -> None:
        """Keep the four parts; none of them may hold a token."""
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.action = action

    def as_json(self) -> dict[str, str]:
        """Return the body of the answer."""
        return {"code": self.code, "message": self.message, "action": self.action}


def bad_request(message: str) -> CdfAuthError:
    """Say what is wrong with a request."""
    return CdfAuthError(
        400, "bad_request", message, "Reload the page; if it stays, report it."
    )
