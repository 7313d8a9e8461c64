"""Always a fresh token for Cognite Data Fusion in notebook code."""

from __future__ import annotations

from importlib import import_module as _import_module
from time import monotonic as _monotonic
from time import time as _wall
from typing import TYPE_CHECKING

from ._install import SLOT as _SLOT
from ._install import agent as _agent
from ._version import __version__
from .errors import (
    CdfAuthError,
    DebuggerWaits,
    EnvironmentIncomplete,
    EnvironmentUnusable,
    ForkedProcess,
    NoSession,
    NotInKernel,
    ParentGone,
    ParentRefused,
    SignInRequired,
    TokenRefused,
    TokenTimeout,
    VersionMismatch,
    WouldDeadlock,
)

if TYPE_CHECKING:
    from ._client import async_client, client
    from ._context import Context
    from ._credential import credential
    from ._http_auth import headers, httpx_auth, requests_auth
    from ._token import Token
    from ._usage_errors import BadScopes, LibraryMissing, NoProject, ProjectUnknown

__all__ = [
    "BadScopes",
    "CdfAuthError",
    "DebuggerWaits",
    "EnvironmentIncomplete",
    "EnvironmentUnusable",
    "ForkedProcess",
    "LibraryMissing",
    "NoProject",
    "NoSession",
    "NotInKernel",
    "ParentGone",
    "ParentRefused",
    "ProjectUnknown",
    "SignInRequired",
    "TokenRefused",
    "TokenTimeout",
    "VersionMismatch",
    "WouldDeadlock",
    "__version__",
    "async_client",
    "client",
    "context",
    "credential",
    "get_token",
    "get_token_async",
    "headers",
    "httpx_auth",
    "requests_auth",
]

#: Imported when they are first asked for: most cells do without, and no first cell of a
#: kernel should wait for them.
_LATE = {
    "BadScopes": "_usage_errors",
    "LibraryMissing": "_usage_errors",
    "NoProject": "_usage_errors",
    "ProjectUnknown": "_usage_errors",
    "async_client": "_client",
    "client": "_client",
    "credential": "_credential",
    "headers": "_http_auth",
    "httpx_auth": "_http_auth",
    "requests_auth": "_http_auth",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import what is there under `name` (PEP 562)."""
        if name not in _LATE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(_import_module(f".{_LATE[name]}", __name__), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """List what is imported late, too."""
        return sorted({*globals(), *_LATE})


def get_token(
    *scopes: str, min_ttl: float | None = None, wait: float | None = None
) -> Token:
    """Give a token that is good for at least `min_ttl` more seconds.

    `scopes` are by default those of the selected cluster, `min_ttl` is by default 60 s
    or a quarter of the token's lifetime, whichever is less. Where a token has to be
    fetched, waits for at most `wait` seconds, by default as long as it takes; an
    interrupt of the kernel ends the wait. Works from any thread, in a busy cell too.

    Raises `SignInRequired` once the user has signed out, `NoSession` after 3 seconds
    in a kernel to which nobody has ever attached, `TokenTimeout`, `TokenRefused` with
    the sign-in's own code and text, and `NotInKernel`. A child process of a kernel
    asks that kernel, and raises the same; `ParentGone` once it has ended.

    Without JupyterLab the environment variables of Cognite's toolkit are used, after
    those 3 seconds in a kernel and at once in a script; `EnvironmentIncomplete` and
    `EnvironmentUnusable` say what is wrong with them.
    """
    held = _SLOT.held
    if (
        not scopes
        and min_ttl is None
        and _monotonic() < held.fresh
        and _wall() < held.fresh_wall
    ):
        return held.token
    return _agent().get_token(scopes, min_ttl=min_ttl, wait=wait)


async def get_token_async(
    *scopes: str, min_ttl: float | None = None, wait: float | None = None
) -> Token:
    """Give a token as `get_token` does, without blocking the event loop."""
    return await _agent().get_token_async(scopes, min_ttl=min_ttl, wait=wait)


def context() -> Context:
    """Give the connection, cluster, project, base URL and account that are selected.

    The value is pinned to its sign-in: `context().get_token()` goes on giving tokens
    of it after a switch. Waits and raises as `get_token` does.
    """
    return _agent().context()
