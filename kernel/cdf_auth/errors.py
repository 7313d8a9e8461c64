"""What can go wrong, each with a stable code and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What helps where nobody can sign in.
_OR_HEADLESS = (
    "For a run without JupyterLab, set LOGIN_FLOW and the other environment variables "
    "that the README lists."
)


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
    """The process is no Jupyter kernel of a kind that works, nor a child of one."""

    def __init__(self) -> None:
        """Say where it works, and where it will."""
        super().__init__(
            "not_in_kernel",
            "This Python process is neither a Jupyter kernel nor a child process of "
            "one on the same machine, so there is nobody to ask for a token.",
            "Call get_token() in the notebook and hand the token over, anew before it "
            "expires; workers on other machines (Dask, Spark) will be served by a "
            f"later version. {_OR_HEADLESS}",
        )


class ForkedProcess(CdfAuthError):  # noqa: N818
    """A forked child that can't ask its parent has the token of before the fork."""

    def __init__(self) -> None:
        """Say what a child can do."""
        super().__init__(
            "forked_process",
            "This forked child can't ask its kernel for a token: there is no place for "
            "a local socket, as the kernel's log says.",
            "Make a temporary folder writable (TMPDIR) and restart the kernel, or call "
            "get_token() in the notebook and hand the token to the child.",
        )


class ParentGone(CdfAuthError):  # noqa: N818
    """The kernel that this child process gets its tokens from can't be reached."""

    def __init__(self) -> None:
        """Say what became of it."""
        super().__init__(
            "parent_gone",
            "The kernel that started this process, and that gives it its tokens, has "
            "ended or been restarted, or runs on another machine.",
            "Start the process again from a notebook that runs; on another machine, "
            "hand it a token.",
        )


class ParentRefused(CdfAuthError):  # noqa: N818
    """The kernel that is to give this process its tokens is another user's."""

    def __init__(self) -> None:
        """Say who may ask."""
        super().__init__(
            "parent_refused",
            "The kernel that started this process gives tokens only to processes of "
            "its own user.",
            "Run the process as the same user, or hand it a token.",
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
            f"jupyterlab-cdf-auth, and sign in in the left sidebar. {_OR_HEADLESS}",
        )


class TokenTimeout(CdfAuthError):  # noqa: N818
    """No token came within the time that the caller gave."""

    def __init__(
        self, wait: float, reason: str | None = None, *, is_headless: bool = False
    ) -> None:
        """`wait` is what was waited, in seconds; `reason` the holder's, if any.

        `is_headless` where environment variables name the sign-in service.
        """
        why = "a sign-in is pending" if reason else "JupyterLab didn't answer"
        what = "Look at the Cognite Data Fusion panel in JupyterLab's left sidebar."
        if is_headless:
            why = "there is no answer yet"
            what = "Give it more time, or check the network and the IDP_… variables."
        super().__init__(
            "token_timeout", f"No token within {wait:g} seconds: {why}.", what
        )


class EnvironmentIncomplete(CdfAuthError):  # noqa: N818
    """Environment variables of a run without JupyterLab are missing."""

    def __init__(self, flow: str, missing: Sequence[str]) -> None:
        """Name the variables that `flow`, the value of LOGIN_FLOW, lacks."""
        super().__init__(
            "environment_incomplete",
            f"Environment variables are missing for LOGIN_FLOW={flow}: "
            f"{', '.join(missing)}.",
            "Set them before the run, or in the notebook's first cell (os.environ).",
        )


class EnvironmentUnusable(CdfAuthError):  # noqa: N818
    """Environment variables of a run without JupyterLab can't be used as they are."""

    def __init__(self, code: str, message: str, action: str = "") -> None:
        """Say which, and never what they hold."""
        super().__init__(code, message, action or "Correct it, and run this again.")


class TokenRefused(CdfAuthError):  # noqa: N818
    """The holder of the session can't get this token; code and text are its own."""


def named(kind: str, code: str, message: str, action: str) -> CdfAuthError:
    """Give the error of another process: of the same class, where it is known here."""
    kinds = {one.__name__: one for one in CdfAuthError.__subclasses__()}
    return _restore(kinds.get(kind, TokenRefused), code, message, action)


def _restore(kind: type[CdfAuthError], *parts: str) -> CdfAuthError:
    error = kind.__new__(kind)
    CdfAuthError.__init__(error, *parts)
    return error
