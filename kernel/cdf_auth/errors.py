"""What can go wrong, each with a stable code and what to do."""

from __future__ import annotations


class CdfAuthError(Exception):
    """The base of every error of this package.

    `code` is stable and meant for programs, `message` says what happened and
    `action` what to do.
    """

    def __init__(self, code: str, message: str, action: str = "") -> None:
        """Keep the three parts; `str()` of the error is the text for people."""
        super().__init__(code, message, action)
        self.code = code
        self.message = message
        self.action = action

    def __str__(self) -> str:
        """Give the sentence, what to do, and the code to search for."""
        return f"{self.message} {self.action}".rstrip() + f" [{self.code}]"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the three parts, whatever a subclass's own arguments are."""
        return _restore, (type(self), self.code, self.message, self.action)


class NotInKernel(CdfAuthError):  # noqa: N818 - named for what it says, as SystemExit is
    """There is no Jupyter kernel in this process, or one of another kind."""

    def __init__(self) -> None:
        """Say where it works."""
        super().__init__(
            "not_in_kernel",
            "This Python process is no Jupyter kernel, so no token can be fetched.",
            "Call it in a notebook and hand the token over.",
        )


class ForkedProcess(CdfAuthError):  # noqa: N818
    """A forked child has the token of before the fork and can't fetch another."""

    def __init__(self) -> None:
        """Say what a child can do."""
        super().__init__(
            "forked_process",
            "A forked child of the kernel can't fetch a token: answers reach the "
            "kernel itself only.",
            "Call get_token() in the notebook and hand the token to the child.",
        )


class WouldDeadlock(CdfAuthError):  # noqa: N818
    """The call is made on the very thread that would deliver the answer."""

    def __init__(self) -> None:
        """Say where to call it."""
        super().__init__(
            "would_deadlock",
            "The answer arrives on the thread that this call would block.",
            "Call it in a cell or in another thread.",
        )


class DebuggerWaits(CdfAuthError):  # noqa: N818
    """The call is made by a debugger that evaluates an expression."""

    def __init__(self) -> None:
        """Say why it can't wait, and what to do instead."""
        super().__init__(
            "debugger_waits",
            "A fresh token can't be fetched while the debugger evaluates an "
            "expression: until that ends it holds the channel on which tokens come.",
            "Let the cell go on, or call get_token() in the code that is debugged and "
            "look at its value.",
        )


class VersionMismatch(CdfAuthError):  # noqa: N818
    """JupyterLab's side of the protocol has another version than this package."""

    def __init__(self, ours: int, theirs: int) -> None:
        """Name both versions of the protocol, and the side that is to be updated."""
        action = (
            "Update it in the kernel's environment (pip install -U cdf-auth)"
            if theirs > ours
            else "Update jupyterlab-cdf-auth in JupyterLab's environment"
        )
        super().__init__(
            "version_mismatch",
            f"This kernel's cdf_auth speaks version {ours} of the protocol, and "
            f"JupyterLab's extension version {theirs}.",
            f"{action}, and restart the kernel.",
        )


class SignInRequired(CdfAuthError):  # noqa: N818
    """The user has signed out."""

    def __init__(self) -> None:
        """Say where to sign in."""
        super().__init__(
            "sign_in_required",
            "You have signed out of Cognite Data Fusion.",
            "Sign in again in JupyterLab's left sidebar (Cognite Data Fusion), then "
            "run the cell again.",
        )


class NoSession(CdfAuthError):  # noqa: N818
    """Nobody has ever attached to this kernel."""

    def __init__(self) -> None:
        """Say how to get a session."""
        super().__init__(
            "no_session",
            "Nobody has offered this kernel a sign-in to Cognite Data Fusion.",
            "Open its notebook in a JupyterLab that has the extension "
            "jupyterlab-cdf-auth, and sign in in the left sidebar.",
        )


class TokenTimeout(CdfAuthError):  # noqa: N818
    """No token came within the time that the caller gave."""

    def __init__(self, wait: float, reason: str | None = None) -> None:
        """`wait` is what was waited, in seconds; `reason` the holder's, if any."""
        why = "a sign-in is pending" if reason else "JupyterLab didn't answer"
        super().__init__(
            "token_timeout",
            f"No token within {wait:g} seconds: {why}.",
            "Look at the Cognite Data Fusion panel in JupyterLab's left sidebar.",
        )


class TokenRefused(CdfAuthError):  # noqa: N818
    """The holder of the session can't get this token; code and text are its own."""


def _restore(kind: type[CdfAuthError], *parts: str) -> CdfAuthError:
    error = kind.__new__(kind)
    CdfAuthError.__init__(error, *parts)
    return error
