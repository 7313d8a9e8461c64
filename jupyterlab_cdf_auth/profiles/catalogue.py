"""The profiles that there are, and for which clusters they may be used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyterlab_cdf_auth.errors import CdfAuthError
from jupyterlab_cdf_auth.hosts import BaseUrl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterlab_cdf_auth.models import Connection

    from .profile import Profile


class Profiles:
    """Those that the administrator has configured."""

    def __init__(
        self, profiles: Iterable[Profile], connections: Iterable[Mapping[str, Any]]
    ) -> None:
        """Know also the ``connections``, completed: some clusters have other URLs."""
        self._profiles = list(profiles)
        self._connections = list(connections)

    def of(self, user: str) -> list[Profile]:
        """Give those that a user of Jupyter may use."""
        return [one for one in self._profiles if one.is_for(user)]

    def get(self, user: str, name: str) -> Profile:
        """Give one. Raises CdfAuthError ``no_profile``, also for another user's."""
        for profile in self.of(user):
            if profile.name == name:
                return profile
        raise CdfAuthError(
            404,
            "no_profile",
            "The Jupyter server has no such profile for you.",
            "Reload the page, or ask your administrator.",
        )

    def fit(self, profile: Profile, connection: Connection) -> Connection:
        """Give the connection with its cluster's own scopes.

        A page names the cluster and the URL, and an application must not get a token
        for whatever a page makes up: the cluster is one of the profile's, and the URL
        that of a configured connection or the cluster's usual one. Raises CdfAuthError
        ``cluster_not_allowed``.
        """
        profile.check_cluster(connection.cluster)
        cluster, base = connection.cluster, BaseUrl.parse(connection.base_url)
        for known in self._connections:
            is_at = BaseUrl.parse(known["baseUrl"]) == base
            if base is not None and is_at and known["cluster"] == cluster:
                return replace(
                    connection, base_url=str(base), scopes=tuple(known["scopes"])
                )
        audience = f"https://{cluster}.cognitedata.com"
        if base is not None and BaseUrl.parse(audience) == base:
            scopes = (f"{audience}/.default",)
            return replace(connection, base_url=str(base), scopes=scopes)
        raise CdfAuthError(
            403,
            "cluster_not_allowed",
            f"The Jupyter server doesn't know {connection.base_url} as the cluster "
            f"{cluster}.",
            "Ask your administrator to add it to c.CdfAuth.connections: one in your "
            "own settings doesn't count for a profile.",
        )
