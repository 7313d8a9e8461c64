"""The sessions that this kernel has been told of, and which took another's place.

Pure. A session is known by an opaque id; a new sign-in of the same person has another
one, for example after a tab was closed or a server was restarted. Code that works with
the old one must go on with the new one: a sign-in that is needed, not a switch.

A session can also be moved to another holder, which says so: the new one replaces the
old one for good, and whoever held the old one has no say in it any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The connection's label and the account's name.
Owner: TypeAlias = tuple[str, str]

#: Sessions that are remembered, so that nobody can fill the memory.
_MAX_KNOWN = 100


class Sessions:
    """Those that live, those that have ended, and the heirs of both."""

    __slots__ = ("_ended", "_heirs", "_live", "_replaced")

    def __init__(self) -> None:
        """Start without any."""
        self._live: dict[str, Owner] = {}
        #: Remembered, so that a late token isn't taken up again.
        self._ended: dict[str, Owner] = {}
        #: No heir has an heir itself, so there are neither chains nor cycles.
        self._heirs: dict[str, str] = {}
        #: By which session each of those was replaced that were moved.
        self._replaced: dict[str, str] = {}

    def __len__(self) -> int:
        """Count those that are signed in."""
        return len(self._live)

    @property
    def live(self) -> set[str]:
        """The ids of those that are signed in."""
        return set(self._live)

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

    def stand_in_for(self, session: str) -> str:
        """Give the session that is meant where a holder tells of `session`.

        A page that hasn't heard of the move, a duplicated one for example, must not
        take the kernel back.
        """
        return self.heir_of(session) if session in self._replaced else session

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
                for one in same:
                    self._pass_on(one, session)
        for one, by in self._replaced.items():
            if by == session:
                self._pass_on(one, session)
        self._forget_oldest()

    def replace(self, olds: Iterable[str], session: str, account: str) -> set[str]:
        """Let `session` replace those of `olds` that live and are of `account`.

        Gives their ids; none of those of which that is known already.
        """
        if session in self._ended:
            return set()
        taken = {
            one
            for one in olds
            if one != session
            and self._replaced.get(one) != session
            and self._is_of(one, account)
        }
        for one in sorted(taken):
            # It may itself have been moved to what it now replaces.
            self._heirs.pop(session, None)
            self._replaced.pop(session, None)
            self._live.setdefault(session, self._live[one])
            self._replaced[one] = session
            self._pass_on(one, session)
        self._forget_oldest()
        return taken

    def end(self, session: str | None) -> set[str]:
        """End a session and those whose place it took, or all; give their ids.

        One that was replaced is none of its former holder's business: nothing ends.
        """
        if session in self._replaced:
            return set()
        heirs = self._heirs.items()
        ended = (
            set(self._live)
            if session is None
            else {session, *(one for one, heir in heirs if heir == session)}
        )
        for one in sorted(ended):
            self._ended[one] = self._live.pop(one, self._ended.get(one, ("", "")))
            self._heirs.pop(one, None)
            self._replaced.pop(one, None)
        self._forget_oldest()
        return ended

    def _is_of(self, session: str, account: str) -> bool:
        """Tell whether a session lives and is that account's, by its name."""
        owner = self._live.get(session)
        its = owner[1] if owner else ""
        return its != "" and its.casefold() == account.casefold()

    def _pass_on(self, session: str, heir: str) -> None:
        """Let `heir` take the place of a session, and of those whose place it took."""
        if session == heir:
            return
        for one, its in self._heirs.items():
            if its == session:
                self._heirs[one] = heir
        self._heirs[session] = heir

    def _forget_oldest(self) -> None:
        for known in (self._live, self._ended):
            for one in list(known)[:-_MAX_KNOWN]:
                del known[one]
        self._heirs = {
            one: heir
            for one, heir in self._heirs.items()
            if one in self._live or one in self._ended
        }
        self._replaced = {
            one: by for one, by in self._replaced.items() if one in self._heirs
        }
