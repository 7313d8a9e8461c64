"""A session of an application, for unattended work: nobody signs in."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyterlab_cdf_auth.provider_errors import ProviderError, Remedy
from jupyterlab_cdf_auth.session import Session, Status
from jupyterlab_cdf_auth.session_record import SessionRecord
from jupyterlab_cdf_auth.sign_in_answers import Account
from jupyterlab_cdf_auth.token_owner import is_foreign_token

from .faults import application_mismatch

if TYPE_CHECKING:
    from jupyterlab_cdf_auth.access_token import AccessToken
    from jupyterlab_cdf_auth.clock import Clock
    from jupyterlab_cdf_auth.models import Connection, Context

    from .profile import Profile


class ProfileSession(Session):
    """A session that goes on until it is signed out."""

    def __init__(
        self, user: str, profile: Profile, connection: Connection, clock: Clock
    ) -> None:
        """Make one for the cluster of ``connection``; the rest is the profile's."""
        super().__init__(
            user,
            replace(
                connection,
                tenant=profile.tenant,
                client_id=profile.client_id,
                authority=profile.authority,
                scopes=profile.scopes or connection.scopes,
            ),
            clock,
        )
        self._profile = profile
        self._asked_for = connection
        name = profile.name
        self.account = Account(name, f"profile {name}", (profile.authority, name))

    async def begin(self) -> None:
        """Fetch the first token. Raises ProviderError where there is none to be had."""
        self._credentials.put(await self._ask(self.connection.scopes))
        self.status = Status.ACTIVE
        self.on_changed(self)

    def resume(self) -> None:
        """Go on as before a restart of the server."""
        self.status = Status.ACTIVE

    def record(self) -> SessionRecord | None:
        """Give what goes on after a restart; what is the profile's is read again."""
        if self.status is not Status.ACTIVE:
            return None
        return SessionRecord(self.user, self._asked_for, profile=self._profile.name)

    def adapt(self, context: Context) -> Context:
        """Give what kernels are told where a page has chosen ``context``.

        Raises CdfAuthError for a cluster or a project that the profile isn't for.
        """
        self._profile.check_cluster(context.cluster)
        self._profile.check_project(context.project)
        return replace(context, scopes=self.connection.scopes)

    def narrow(self, inspection: dict[str, Any]) -> dict[str, Any]:
        """Leave the projects that the profile is for.

        Raises CdfAuthError ``project_unknown`` where CDF lists none of them.
        """
        answer = inspection.get("answer")
        if inspection.get("status") != HTTPStatus.OK or not isinstance(answer, dict):
            return inspection
        return {**inspection, "answer": self._profile.narrow(answer)}

    async def get_token(
        self, scopes: tuple[str, ...], min_ttl: float | None = None
    ) -> AccessToken:
        """Give a token. Raises ProviderError, for scopes of others too."""
        if self.status is Status.ACTIVE:
            self._profile.check_scopes(scopes, self.connection.scopes)
        return await super().get_token(scopes, min_ttl)

    def as_json(self, kernels: int) -> dict[str, Any]:
        """Return what a page is told, the profile included."""
        return {**super().as_json(kernels), "profile": self._profile.as_json()}

    async def _fetch(self, scopes: tuple[str, ...]) -> AccessToken:
        try:
            token = await self._ask(scopes)
        except ProviderError as error:
            if error.remedy is Remedy.ADMINISTRATOR:
                self.problem = error
            raise
        if not self.is_closed:
            self.problem = None
        return token

    async def _ask(self, scopes: tuple[str, ...]) -> AccessToken:
        token = await self._profile.client.fetch(scopes)
        if is_foreign_token(token.text, self._profile.owner):
            raise application_mismatch()
        return token
