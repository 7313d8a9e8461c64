"""What can go wrong with clients and credentials, before a token is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import CdfAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MAX_NAMED = 10


class LibraryMissing(CdfAuthError):  # noqa: N818 - named for what it says
    """A library that is to be given tokens isn't there, or is too old."""

    @classmethod
    def sdk(cls) -> LibraryMissing:
        """Say how to get the Cognite SDK."""
        return cls(
            "sdk_missing",
            "The Cognite SDK isn't installed in this kernel's environment.",
            "Run %pip install cognite-sdk in a cell, then try again.",
        )

    @classmethod
    def newer_sdk(cls, version: str, least: int, what: str) -> LibraryMissing:
        """Say that `what` needs the SDK's major version `least`."""
        return cls(
            "sdk_too_old",
            f"{what} needs cognite-sdk {least} or newer; this kernel has {version}.",
            f'Run %pip install "cognite-sdk>={least}" in a cell and restart the '
            "kernel.",
        )

    @classmethod
    def other(cls, name: str) -> LibraryMissing:
        """Say how to get the library `name`."""
        return cls(
            "library_missing",
            f"The library {name} isn't installed in this kernel's environment.",
            f"Run %pip install {name} in a cell, then try again.",
        )


class NoProject(CdfAuthError):  # noqa: N818
    """No project is selected, and none was named."""

    def __init__(self) -> None:
        """Say how to choose one."""
        super().__init__(
            "no_project",
            "No project is selected.",
            "Select one in JupyterLab's left sidebar (Cognite Data Fusion), or name "
            "it: project='…'.",
        )


class ProjectUnknown(CdfAuthError):  # noqa: N818
    """The account can't see the project; `projects` are those that it can."""

    def __init__(self, project: str, address: str, projects: Sequence[str]) -> None:
        """Name up to ten of those that it can see at `address`."""
        named = ", ".join(projects[:_MAX_NAMED])
        more = len(projects) - _MAX_NAMED
        super().__init__(
            "project_unknown",
            f"This account can't see a project named {project!r} at {address}.",
            f"It can see: {named}{f' and {more} more' if more > 0 else ''}.",
        )
        self.projects = list(projects)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the projects."""
        return (*super().__reduce__(), {"projects": self.projects})


class BadScopes(CdfAuthError, ValueError):  # noqa: N818
    """Scopes that no single token can have."""

    @classmethod
    def mixed(cls, resources: Iterable[str]) -> BadScopes:
        """Say that a token is for one resource."""
        return cls(
            "scopes_mixed",
            "A token is for one resource, and these scopes are of several: "
            f"{', '.join(sorted(resources))}.",
            "Ask for a token for each of them.",
        )

    @classmethod
    def missing(cls) -> BadScopes:
        """Say what a scope is."""
        return cls(
            "scopes_missing",
            "A credential must be told what the token is for.",
            "Name a scope, for example 'https://storage.azure.com/.default'.",
        )
