"""How long a call waits for a token, and what it says meanwhile.

| what is known | what happens |
|---|---|
| no holder ever said hello, 3 s | the environment, the parent kernel, `NoSession` |
| only one of another version did | `VersionMismatch` |
| signed out | `SignInRequired` at once |
| a debugger evaluates | `DebuggerWaits`, after a second in another thread |
| a person must sign in, or the holder is silent | waits, with one line on stderr |
"""

from __future__ import annotations

import copy
import math
import sys
from typing import TYPE_CHECKING

from ._fields import check_scopes
from ._protocol import VERSION
from .errors import (
    CdfAuthError,
    DebuggerWaits,
    TokenTimeout,
    VersionMismatch,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeAlias

    from ._agent import Agent
    from ._cache import Held
    from ._clock import Clock
    from ._questions import Key, Question
    from ._signal import Signal
    from ._token import Token

    #: Yields what to wait for and for how many seconds at most; returns the token.
    Steps: TypeAlias = Generator[tuple[Signal, float], None, Token]

#: Seconds of silence after which it is certain that nobody is there, or slow.
SILENCE = 3.0

#: Seconds for which a debugger's request may hold the answers up.
DEBUGGER_PATIENCE = 1.0

#: Seconds for which a thread sleeps at most: Windows can't interrupt a sleep, and a
#: switch or a sign-out by another way must be seen.
_NAP = 0.5

#: In some thirty thousand years; JSON has greater ones that are no float.
_MOST_SECONDS = 1e12

#: What a person reads while a cell waits.
_PANEL = "see the Cognite Data Fusion panel in the left sidebar"
_SILENT = "JupyterLab doesn't answer yet; asking again"
_PROVIDER = "the sign-in service doesn't answer yet; asking again"

#: What the codes of reasons begin with that are a provider's, and an application's.
_OF_PROVIDER = "provider_"
_OF_APPLICATION = ("application_", "certificate_", "credential_", "profile_", "secret_")


class Wait:
    """One call's wait for a token."""

    __slots__ = (
        "_agent",
        "_min_ttl",
        "_pin",
        "_scopes",
        "_started",
        "_wait",
        "reason",
    )

    def __init__(
        self,
        agent: Agent,
        pin: Key | None,
        scopes: tuple[str, ...],
        min_ttl: float | None,
        wait: float | None,
    ) -> None:
        """Wait for at most `wait` seconds, `None` being as long as it takes.

        Raises `TypeError` or `ValueError` for arguments that mean nothing.
        """
        check_scopes(scopes)
        _check_seconds("min_ttl", min_ttl)
        _check_seconds("wait", wait)
        self._agent = agent
        self._pin = pin
        self._scopes = scopes
        self._min_ttl = min_ttl
        self._wait = math.inf if wait is None else wait
        self._started = agent.clock.monotonic()
        #: Why the holder has to wait for a person, if it does.
        self.reason: str | None = None

    def steps(self) -> Steps:
        """Ask and wait until there is a token, or a reason why there is none."""
        agent = self._agent
        question: Question | None = None
        try:
            while True:
                # Looked up each time: without a pin the call follows a switch.
                key = self._key()
                held = agent.state.look(key, self._min_ttl) or self._best(question)
                if held is not None:
                    return held.token
                if question is not None and self._is_over(question, key):
                    over, question = question, None
                    agent.leave(over)
                if question is None:
                    question = agent.join(key, self._min_ttl)
                if question is not None:
                    agent.send(question)
                    yield question.answered, self._pause(question)
        finally:
            if question is not None:
                agent.leave(question)

    def _key(self) -> Key:
        """Name what the call is about at this moment."""
        agent = self._agent
        is_open = self._pin is None and agent.state.switch.current is None
        if is_open and agent.is_alone(SILENCE):
            agent.fall_back()
        return agent.state.target(self._pin, self._scopes)

    def _is_over(self, question: Question, key: Key) -> bool:
        """Tell whether a question needn't be asked any more."""
        # One that was asked before any selection was known is answered by its id,
        # unless the environment has been selected.
        is_known = question.key[0] is not None or self._agent.is_own(key)
        is_other = is_known and question.key != key
        return is_other or question.answered.is_set()

    def _best(self, question: Question | None) -> Held | None:
        """Give what came for this very question, were it short: nothing is better."""
        answer = question.answer if question else None
        if isinstance(answer, CdfAuthError):
            # Each call raises an error of its own: a traceback belongs to one thread.
            raise copy.copy(answer)
        if question is None or answer is None:
            return None
        asked_enough = (question.min_ttl or 0) >= (self._min_ttl or 0)
        return answer if asked_enough and answer.is_good(0, self._agent.clock) else None

    def _pause(self, question: Question) -> float:
        """Give the seconds until something must be done; raise when time is up."""
        agent = self._agent
        now = agent.clock.monotonic()
        waited = now - self._started
        is_own = agent.is_own(question.key)
        if not agent.state.attached and not is_own and self._is_alone(waited, question):
            return 0.0
        held = agent.debugged_since
        if held is not None and now - max(held, self._started) >= DEBUGGER_PATIENCE:
            raise DebuggerWaits
        if waited >= self._wait:
            is_headless = is_own or not agent.state.attached
            raise TokenTimeout(self._wait, question.reason, is_headless=is_headless)
        self.reason = question.reason
        is_parents = agent.route.is_parents(question.key)
        is_long = question.reason or (agent.state.attached and waited >= SILENCE)
        # Of many children that wait their kernel tells, once.
        if is_long and not question.told and not is_parents:
            question.told = True
            notice = _PROVIDER if is_own else _notice(question.reason)
            sys.stderr.write(f"cdf_auth: {notice}.\n")
        return max(0.0, min(question.send_at - now, self._wait - waited, _NAP))

    def _is_alone(self, waited: float, question: Question) -> bool:
        """Tell whether the environment is to be followed; raise where it can't be.

        Each run counts its own 3 s once, from the first call, so that a later call
        doesn't wait again. In JupyterLab its tab comes well within them, and code must
        not work as someone else until then.
        """
        agent = self._agent
        if agent.state.foreign_version is not None:
            raise VersionMismatch(VERSION, agent.state.foreign_version)
        if agent.alone_since is None:
            agent.alone_since = self._started
        if agent.headless.is_meant:
            return agent.is_alone(SILENCE)
        if waited >= min(SILENCE, self._wait):
            agent.go_elsewhere(question)
        return False


def drive(steps: Steps, clock: Clock) -> Token:
    """Go through the steps, blocking this thread in between."""
    try:
        while True:
            clock.wait(*next(steps))
    except StopIteration as stop:
        return _result(stop)
    finally:
        # An interrupt ends the wait here: let the question go at once.
        steps.close()


async def drive_async(steps: Steps, clock: Clock) -> Token:
    """Go through the steps, leaving the event loop free in between."""
    try:
        while True:
            await clock.wait_async(*next(steps))
    except StopIteration as stop:
        return _result(stop)
    finally:
        steps.close()


def _result(stop: StopIteration) -> Token:
    token: Token = stop.value
    return token


def _notice(reason: str | None) -> str:
    """Say in a line why a cell waits, and where there is more to read."""
    if reason is None:
        return _SILENT
    if reason.startswith(_OF_PROVIDER):
        return _PROVIDER
    if reason.startswith(_OF_APPLICATION):
        return f"the profile gets no token ({reason}): {_PANEL}"
    return f"a sign-in is needed: {_PANEL}"


def _check_seconds(name: str, value: float | None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of seconds.")
    if not 0 <= value <= _MOST_SECONDS:
        raise ValueError(f"{name} must be 0 to {_MOST_SECONDS:.0e} seconds.")
