"""The sessions that this kernel has been told of, and which took another's place.

Pure. A session is known by an opaque id; a new sign-in of the same person has another
one, for example after a tab was closed or a server was restarted. Code that works with
the old one must go on with the new one: a sign-in that is needed, not a switch.
"""

from __future__ import annotations

from typing import TypeAlias

#: The connection's label and the account's name.
Owner: TypeAlias = tuple[str, str]

#: Sessions that are remembered, so that nobody can fill the memory.
_MAX_KNOWN = 100


class Sessions:
    """Those that live, those that have ended, and the heirs of both."""

    __slots__ = ("_ended", "_heirs", "_live")

    def __init__(self) -> None:
        """Start without any."""
        self._live: dict[str, Owner] = {}
        #: Remembered, so that a late token isn't taken up again.
        self._ended: dict[str, Owner] = {}
        self._heirs: dict[str, str] = {}

    def __len__(self) -> int:
        """Count those that are signed in."""
        return len(self._live)

    @property
    def ended(self) -> int:
        """How many of those that are over are remembered."""
        return len(self._ended)

    def is_live(self, session: str) -> bool:
        """Tell whether it has been told, and hasn't ended."""
        return session in self._live

    def has_ended(self, session: str) -> bool:
        """Tell whether the user has signed out of it."""
        return session in self._ended

    def heir_of(self, session: str) -> str:
        """Give the session that has taken its place, itself where none has."""
        return self._heirs.get(session, session)

    def start(self, session: str, owner: Owner) -> None:
        """Take note of a session, in the place of all others of the same account."""
        self._ended.pop(session, None)
        self._heirs.pop(session, None)
        # Last: those told long ago are forgotten first.
        self._live.pop(session, None)
        self._live[session] = owner
        if owner[1]:
            for known in (self._live, self._ended):
                same = (one for one, its in known.items() if its == owner)
                self._heirs.update((one, session) for one in same if one != session)
        self._forget_oldest()

    def end(self, session: str | None) -> set[str]:
        """End a session and those whose place it took, or all; give their ids."""
        heirs = self._heirs.items()
        ended = (
            set(self._live)
            if session is None
            else {session, *(one for one, heir in heirs if heir == session)}
        )
        for one in sorted(ended):
            self._ended[one] = self._live.pop(one, self._ended.get(one, ("", "")))
            self._heirs.pop(one, None)
        self._forget_oldest()
        return ended

    def _forget_oldest(self) -> None:
        for known in (self._live, self._ended):
            for one in list(known)[:-_MAX_KNOWN]:
                del known[one]
        self._heirs = {
            one: heir
            for one, heir in self._heirs.items()
            if one in self._live or one in self._ended
        }
