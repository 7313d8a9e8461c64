"""A worker: it calls in a loop, and judges each token by what the token itself says."""

from __future__ import annotations

import base64
import json
import random
from typing import TYPE_CHECKING, Any, NamedTuple

from cdf_auth import get_token, get_token_async

from .clock import real
from .config import LONG_CALL

if TYPE_CHECKING:
    from .config import Config
    from .records import Records

#: Seconds between two calls.
_PAUSE = (0.02, 0.15)

#: Seconds after an error.
_AFTER_ERROR = 0.5


class _Claims(NamedTuple):
    exp: float
    account: str
    tenant: str


class Caller:
    """One thread or task."""

    def __init__(self, name: str, config: Config, records: Records) -> None:
        """Note what is wrong in `records`, under `name`."""
        self.name = name
        self._config = config
        self._records = records
        self.calls = 0
        #: When a token was last given (real time, s).
        self.good_at = 0.0
        #: Since when a call has been waiting, if one is.
        self.since: float | None = None
        self._last: tuple[str, _Claims] = ("", _Claims(0, "", ""))

    def call(self) -> float:
        """Call once, and give the pause after it (s)."""
        began = self.since = real()
        try:
            token = get_token()
            # The very next thing: what is judged is the token at its return.
            ended = real()
        except Exception as error:  # noqa: BLE001 - each kind is counted
            return self._failed(error, began)
        finally:
            self.since = None
        return self._returned(token, began, ended)

    async def call_async(self) -> float:
        """Do the same with `get_token_async`."""
        began = self.since = real()
        try:
            token = await get_token_async()
            ended = real()
        except Exception as error:  # noqa: BLE001 - as above
            return self._failed(error, began)
        finally:
            self.since = None
        return self._returned(token, began, ended)

    def _returned(self, token: str, began: float, ended: float) -> float:
        config = self._config
        claims = self._claims(token)
        exp = claims.exp - config.early
        self.calls += 1
        call = {"worker": self.name, "began": began, "ended": ended}
        if ended > exp:
            # What the agent thinks of it tells where it comes from.
            life = getattr(token, "life", None)
            left = life.left() if life else None
            self._records.note("expired", **call, exp=exp, left=left)
        if (claims.account, claims.tenant) != (config.account, config.tenant):
            its = {"account": claims.account, "tenant": claims.tenant}
            self._records.note("wrong", **call, **its)
        if ended - began >= LONG_CALL:
            self._records.note("long", **call)
        self.good_at = ended
        return random.uniform(*_PAUSE)

    def _failed(self, error: Exception, began: float) -> float:
        # No text of an error that isn't ours: it could hold anything.
        kind, code = type(error).__name__, getattr(error, "code", None)
        call = {"worker": self.name, "began": began, "ended": real()}
        self._records.note("error", **call, kind=kind, code=code)
        return _AFTER_ERROR

    def _claims(self, token: str) -> _Claims:
        if token != self._last[0]:
            self._last = (token, _read(token))
        return self._last[1]


def _read(token: str) -> _Claims:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return _Claims(claims["exp"], claims["oid"], claims["tid"])
