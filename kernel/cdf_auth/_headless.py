"""Runs without JupyterLab: the environment's variables in the place of a holder.

Whoever holds the sign-in session answers the kernel. Under `jupyter execute`, nbclient
and papermill, and in a plain script, that is this process itself: what the variables of
Cognite's toolkit say is selected like a project in the panel, and a question about it
is answered by a thread that asks the sign-in service.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from . import _protocol as protocol
from ._secret import Variables
from ._signal import Signal
from .errors import CdfAuthError, NotInKernel, TokenRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ._cache import Held
    from ._clock import Clock
    from ._environment import Settings
    from ._fields import Content
    from ._issued import Source
    from ._questions import Key, Question

#: The name of the connection in `context()`.
CONNECTION = "environment"

#: Any of them says that a run without JupyterLab is meant. A client's id alone, or a
#: project, may be there for other tools.
_SIGNS = (
    "LOGIN_FLOW",
    "CDF_TOKEN",
    "IDP_CLIENT_SECRET",
    "IDP_CERTIFICATE_PATH",
    "IDP_CERTIFICATE_PASSWORD",
    "IDP_CERTIFICATE_THUMBPRINT",
)

#: Seconds for which a sign-in service that can't be reached is asked again, the first
#: pause between two requests, and the longest.
_PATIENCE = 60.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 15.0

#: Codes of what may pass by itself.
_PASSING = frozenset(
    f"provider_{what}" for what in ("unreachable", "bad_answer", "busy", "slow")
)


class NoKernel:
    """The port of an agent in a process that is no kernel: nobody can be asked."""

    __slots__ = ()

    def send(self, data: Content) -> None:
        """Do nothing: there is no channel."""

    def obstacle(self) -> CdfAuthError | None:
        """Say so."""
        return NotInKernel()


class Headless:
    """The holder in this process, of one agent.

    `flying` is guarded by the agent's lock; the rest is used by one thread for a key.
    """

    def __init__(
        self,
        clock: Clock,
        environ: Mapping[str, str] = os.environ,
        start: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """Read `environ` when it is needed; `start` has the requests made."""
        #: Opaque, as every holder's.
        self.session = f"{CONNECTION}-{secrets.token_hex(8)}"
        #: What is being asked for, so that it is asked for once.
        self.flying: set[Key] = set()
        self._clock = clock
        self._variables = Variables(environ)
        self._start = start or _in_thread
        self._settings: Settings | None = None
        self._source: Source | None = None
        self._warned = False

    @property
    def is_meant(self) -> bool:
        """Whether the environment asks for a run without JupyterLab."""
        return any(self._variables.has(name) for name in _SIGNS)

    def select(self) -> protocol.Selected | None:
        """Give what the environment selects, `None` where it means nothing.

        Raises `EnvironmentIncomplete` or `EnvironmentUnusable` where it can't be used.
        """
        if not self.is_meant:
            return None
        from ._environment import read  # noqa: PLC0415 - most kernels never need it

        settings = self._settings = read(self._variables)
        self._warn_of_api_key()
        return protocol.Selected(
            session=self.session,
            connection=CONNECTION,
            cluster=settings.cluster,
            project=settings.project,
            base_url=settings.base_url,
            account=settings.account,
            scopes=settings.scopes,
            since=datetime.fromtimestamp(self._clock.wall(), tz=timezone.utc),
            settled=True,
        )

    def secrets(self) -> Iterator[str]:
        """Give what must not be in a log."""
        if self._settings is not None:
            yield from (one.reveal() for one in self._settings.secrets)

    def forked_child(self) -> None:
        """Report that this is a forked child, without the threads of its parent."""
        self.flying.clear()
        self._source = None

    def fetch(
        self,
        question: Question,
        best: Held | None,
        settle: Callable[[Key, Held | CdfAuthError], None],
    ) -> None:
        """Get what `question` asks for, and `settle` it in another thread.

        `best` is a token that is still good, if any. It is given where there is no
        newer one to be had.
        """
        self._start(lambda: settle(question.key, self._outcome(question, best)))

    def _outcome(self, question: Question, best: Held | None) -> Held | CdfAuthError:
        try:
            return self._try(question, 0.0 if best else _PATIENCE)
        except CdfAuthError as error:
            return best or error
        except Exception as error:  # noqa: BLE001 - whoever waits must be told
            # The class name only: a text may quote what was sent.
            return best or TokenRefused(
                "sign_in_failed",
                "The sign-in by environment variables failed "
                f"({type(error).__name__}).",
                "Please report this.",
            )

    def _try(self, question: Question, patience: float) -> Held:
        """Ask, again for `patience` seconds where the fault may pass by itself."""
        ends = self._clock.monotonic() + patience
        pause = _FIRST_PAUSE
        while True:
            try:
                return self._current_source().fetch(question.key[1], self._clock)
            except CdfAuthError as error:
                is_over = self._clock.monotonic() + pause > ends
                if error.code not in _PASSING or is_over:
                    raise
                question.reason = error.code
            self._clock.wait(Signal(), pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _current_source(self) -> Source:
        """Give the source of tokens, another one where a secret has been replaced.

        What was read first stays in use where the variables have been taken away, so
        that child processes don't see them, and where they are someone else's by now:
        `context()` has said whose tokens these are.
        """
        from ._environment import read  # noqa: PLC0415 - as above

        known = self._settings
        try:
            newest = read(self._variables)
        except CdfAuthError:
            if known is None:
                raise
            newest = known
        settings = newest if known is None or newest.replaces(known) else known
        if self._source is None or settings != known:
            self._settings, self._source = settings, settings.source()
        return self._source

    def _warn_of_api_key(self) -> None:
        if self._variables.has("COGNITE_API_KEY") and not self._warned:
            self._warned = True
            sys.stderr.write(
                "cdf_auth: COGNITE_API_KEY is set. It isn't used here, but older "
                "versions of the Cognite SDK prefer it to a token: unset it.\n"
            )


def _in_thread(work: Callable[[], None]) -> None:
    try:
        threading.Thread(target=work, name="cdf_auth", daemon=True).start()
    except RuntimeError:
        # The interpreter ends: there are no new threads, for `atexit` functions too.
        work()
