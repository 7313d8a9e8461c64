"""One profile: an application, what it is for, and who may use it for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from jupyterlab_cdf_auth.errors import CdfAuthError
from jupyterlab_cdf_auth.provider_errors import ProviderError, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterlab_cdf_auth.access_token import AccessToken
    from jupyterlab_cdf_auth.token_owner import Owner


class TokenClient(Protocol):
    """Fetches tokens of an application."""

    async def fetch(self, scopes: tuple[str, ...]) -> AccessToken:
        """Fetch a token. Raises ProviderError."""


@dataclass(frozen=True)
class Profile:
    """A profile as it was configured; `None` stands for no limit."""

    name: str
    description: str
    #: "secret", "certificate", "workload-identity" or "managed-identity"
    kind: str
    tenant: str
    client_id: str
    authority: str
    client: TokenClient
    #: Whom its tokens must be for.
    owner: Owner
    #: What is asked for in the place of a cluster's own scope.
    scopes: tuple[str, ...] | None
    #: What notebook code may ask for besides.
    more_scopes: tuple[str, ...]
    clusters: tuple[str, ...]
    projects: tuple[str, ...] | None
    users: tuple[str, ...] | None

    def as_json(self) -> dict[str, Any]:
        """Return what a page is told; nothing of the credential."""
        return {
            "name": self.name,
            "description": self.description,
            "kind": self.kind,
            "clusters": list(self.clusters),
            "projects": self.projects and list(self.projects),
        }

    def is_for(self, user: str) -> bool:
        """Tell whether a user of Jupyter may use it.

        ``user`` is as the sessions have it: with a prefix, and empty where Jupyter
        tells nobody apart; then one that is for certain users is for nobody.
        """
        return self.users is None or user.removeprefix("user:") in self.users

    def check_cluster(self, cluster: str) -> None:
        """Raise CdfAuthError ``cluster_not_allowed`` for one that it isn't for."""
        if cluster not in self.clusters:
            raise CdfAuthError(
                403,
                "cluster_not_allowed",
                f"The profile {self.name} isn't for the cluster {cluster or '(none)'}.",
                f"It is for {_listed(self.clusters)}: choose a connection with that. "
                "For one that is in your own settings alone, ask your administrator to "
                'add its cluster to the profile\'s "clusters".',
            )

    def check_project(self, project: str | None) -> None:
        """Raise CdfAuthError ``project_not_allowed`` for one that it isn't for."""
        if project is None or self.projects is None:
            return
        if project not in self.projects:
            raise CdfAuthError(
                403,
                "project_not_allowed",
                f"The profile {self.name} is not for the project {project}.",
                f"It is for {_listed(self.projects)}: choose one of these.",
            )

    def narrow(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Leave the projects of CDF's answer that it is for.

        Raises CdfAuthError ``project_unknown`` where CDF lists none of them.
        """
        listed = answer.get("projects")
        if self.projects is None or not isinstance(listed, list):
            return dict(answer)
        left = [
            one
            for one in listed
            if isinstance(one, dict) and one.get("projectUrlName") in self.projects
        ]
        if not left:
            raise CdfAuthError(
                409,
                "project_unknown",
                f"The profile {self.name} is for {_listed(self.projects)}, and CDF "
                "lists nothing of that for it.",
                "Ask your administrator to check the profile's projects, and the "
                "access of its application in CDF.",
            )
        return {**answer, "projects": left}

    def check_scopes(self, asked: tuple[str, ...], own: tuple[str, ...]) -> None:
        """Raise ProviderError ``scope_not_allowed`` unless they are ``own`` or more."""
        others = set(asked) - {*own, *self.more_scopes}
        if others:
            raise ProviderError(
                "scope_not_allowed",
                f"The profile {self.name} gives no tokens for {_listed(others)}.",
                'Ask your administrator to add that to its "moreScopes".',
                Remedy.NONE,
                403,
            )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
