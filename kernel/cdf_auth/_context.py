"""What notebook code works with: the selected project and whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._agent import Agent
    from ._questions import Key
    from ._token import Token


@dataclass(frozen=True)
class Context:
    """The selection at the moment of the call, pinned to its sign-in.

    `project` is `None` where none has been selected; `base_url` is the cluster's,
    such as "https://westeurope-1.cognitedata.com".
    """

    connection: str
    cluster: str
    project: str | None
    base_url: str
    account: str
    _pin: Key = field(repr=False)
    _agent: Agent = field(repr=False, compare=False)

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
