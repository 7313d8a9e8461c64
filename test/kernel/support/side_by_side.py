"""Tests on several workers: those that share a kernel stay together."""

import re

from xdist.scheduler import LoadScopeScheduling

#: A column of the matrix in a test's id, as `Column` writes it.
_COLUMN = re.compile(r"\[(py\S+ ipykernel \S+ (?:injected|installed))\b")


class SideBySide:
    """A plugin of pytest-xdist, whose own groups its version 3.8 loses on pytest 9."""

    def pytest_xdist_make_scheduler(self, config, log):
        return _ByColumn(config, log)


class _ByColumn(LoadScopeScheduling):
    def _split_scope(self, nodeid):
        found = _COLUMN.search(nodeid)
        return found[1] if found else nodeid
