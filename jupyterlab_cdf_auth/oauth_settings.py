"""What the OAuth 2.0 clients of this server share, and how they run msal."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .provider_errors import ProviderError, bad_answer, unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .authorities import Authorities
    from .blocking import Blocking
    from .bounded_http import Trust
    from .clock import Clock

_T = TypeVar("_T")

#: An operation makes at most three requests, and may have to wait for a thread.
_REQUESTS = 4


@dataclass(frozen=True)
class OAuthSettings:
    """What every client of this server shares."""

    authorities: Authorities
    trust: Trust
    timeout_s: float
    blocking: Blocking
    clock: Clock

    async def run(self, call: Callable[[], _T]) -> _T:
        """Run ``call`` in a thread, within a limit, and explain what goes wrong.

        Raises ProviderError.
        """

        def work() -> _T:
            # At DEBUG it writes device codes down.
            logger = logging.getLogger("msal")
            logger.setLevel(max(logger.level, logging.INFO))
            try:
                return call()
            except ProviderError:
                raise
            except Exception as error:  # noqa: BLE001 - msal raises what it meets
                # The class name only: msal's texts may quote what came.
                raise bad_answer(
                    f"with something that msal cannot use ({type(error).__name__})"
                ) from None

        try:
            return await self.blocking.run(work, self.timeout_s * _REQUESTS)
        except asyncio.TimeoutError:
            raise unreachable("it is too slow") from None
