"""What notebook code works with: the selected project and whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._agent import Agent
    from ._credential import Credential
    from ._questions import Key
    from ._token import Token


@dataclass(frozen=True)
class Context:
    """The selection at the moment of the call, pinned to its sign-in.

    `project` is `None` where none has been selected; `base_url` is the cluster's,
    such as "https://westeurope-1.cognitedata.com". It can be sent to child processes:
    it holds no token, and asks for one there.
    """

    connection: str
    cluster: str
    project: str | None
    base_url: str
    account: str
    _pin: Key = field(repr=False)
    _agent: Agent = field(repr=False, compare=False)

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask for where the token is for CDF itself."""
        return self._pin[1]

    def __getstate__(self) -> dict[str, object]:
        """Leave the agent, which belongs to this process."""
        return {key: value for key, value in vars(self).items() if key != "_agent"}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Agent:
            """Give the agent of the process in which it has been unpickled."""
            if name != "_agent":
                raise AttributeError(name)
            from ._install import agent  # noqa: PLC0415 - it imports this module

            return agent()

    def get_token(
        self,
        *scopes: str,
        min_ttl: float | None = None,
        wait: float | None = None,
    ) -> Token:
        """Give a token of this very sign-in, also after a switch to another.

        Arguments and errors are those of `cdf_auth.get_token`.
        """
        return self._agent.get_token(scopes, min_ttl=min_ttl, wait=wait, pin=self._pin)

    async def get_token_async(
        self,
        *scopes: str,
        min_ttl: float | None = None,
        wait: float | None = None,
    ) -> Token:
        """Give a token as `get_token` does, without blocking the event loop."""
        return await self._agent.get_token_async(
            scopes, min_ttl=min_ttl, wait=wait, pin=self._pin
        )

    @property
    def credential(self) -> Credential:
        """A credential for Azure's clients that stays with this very sign-in."""
        from ._credential import Credential  # noqa: PLC0415 - it imports this module

        return Credential(self)
