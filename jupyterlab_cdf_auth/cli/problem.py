"""What the command line can't do, in words for a person."""

from __future__ import annotations

#: Exit codes: what was asked for can't be done, and it wasn't asked for rightly.
FAILED, USAGE = 1, 2


class Problem(Exception):  # noqa: N818 - the word of the API's answers
    """A fault with a stable ``code``, what happened, and what to do.

    None of them may hold a token.
    """

    def __init__(
        self, code: str, message: str, action: str, exit_code: int = FAILED
    ) -> None:
        """Keep the parts, and with what code the command is to end."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.action = action
        self.exit_code = exit_code

    def as_json(self) -> dict[str, str]:
        """Return what ``--json`` shows."""
        return {"code": self.code, "message": self.message, "action": self.action}
