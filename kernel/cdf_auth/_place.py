"""Which project of which cluster is meant, and whether the account can see it."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from ._install import agent
from ._usage_errors import NoProject, ProjectUnknown

if TYPE_CHECKING:
    from ._context import Context
    from ._token import Token

#: Seconds for the question whether a project is there, which is only a courtesy.
_PATIENCE = 10
_MAX_BYTES = 4_000_000

_PROJECT = re.compile(r"[^\s/?#%]{1,256}")
_CLUSTER = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A project of a cluster, and the sign-in that opens it."""

    context: Context
    project: str
    cluster: str
    base_url: str
    #: What opens its cluster.
    scopes: tuple[str, ...]

    def get_token(self) -> Token:
        """Give a token that is good there."""
        return self.context.get_token(*self.scopes)


def find_place(
    project: str | None, cluster: str | None, base_url: str | None = None
) -> Place:
    """Give the named project, by default what is selected, pinned to its sign-in.

    Raises `NoProject`, `ProjectUnknown`, what `get_token` raises, and `TypeError` or
    `ValueError` for arguments that mean nothing.
    """
    _check("project", project, _PROJECT, "a project's name in URLs")
    _check("cluster", cluster, _CLUSTER, "a name such as 'westeurope-1'")
    _check("base_url", base_url, _URL, "an http(s) address")
    selected = agent().context()
    own, scopes = selected.base_url, selected.scopes
    is_other = cluster is not None and cluster.lower() != selected.cluster.lower()
    if cluster is not None and is_other:
        own = f"https://{cluster.lower()}.cognitedata.com"
        scopes = (f"{own}/.default",)
    name = project or selected.project
    if name is None:
        raise NoProject
    place = Place(
        context=selected,
        project=name,
        cluster=cluster.lower() if cluster and is_other else selected.cluster,
        base_url=(base_url or own).rstrip("/"),
        scopes=scopes,
    )
    if is_other or name != selected.project:
        projects = projects_at(place.base_url, place.get_token())
        if projects and name not in projects:
            raise ProjectUnknown(name, place.base_url, projects)
    return place


def projects_at(base_url: str, token: Token) -> list[str]:
    """List the projects that `token` opens; empty where that can't be told.

    `GET /token/inspect` of the CDF API. Some accounts aren't allowed to call it, so
    nothing that goes wrong here says anything about a project.
    """
    request = urllib.request.Request(  # noqa: S310 - its scheme has been checked
        f"{base_url}/api/v1/token/inspect",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )
    try:
        with _opener().open(request, timeout=_PATIENCE) as response:
            answer: Any = json.loads(response.read(_MAX_BYTES))
        return [str(one["projectUrlName"]) for one in answer["projects"]]
    except (OSError, HTTPException, ValueError, TypeError, LookupError):
        return []


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: urllib would send the token along to any host."""

    def redirect_request(self, *_: object) -> None:
        """Leave the redirect as the error that it is here."""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def _check(
    name: str, value: object, pattern: re.Pattern[str], description: str
) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}.")
    if not pattern.fullmatch(value):
        raise ValueError(f"{name} must be {description}.")
