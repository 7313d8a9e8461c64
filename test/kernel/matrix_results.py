"""A pytest plugin: what each situation gave in each column, and the page about it."""

from collections import defaultdict

import matrix_document
import pytest
from matrix_columns import WAYS, missing_pythons

class MatrixResults:
    """Collects marks; with `--update-matrix` writes the page at the end."""

    def __init__(self, config):
        self._config = config
        #: A mark by title, and the full versions, for each column.
        self.marks = defaultdict(dict)
        self.versions = {}
        #: The titles by their group, as collected.
        self.groups = {}
        #: Whether every situation has been collected, and none left out.
        self.is_whole = False

    # What pytest tells.

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        for item in items:
            mark = item.get_closest_marker("situation")
            if mark is not None:
                [title] = mark.args
                group = item.module.__doc__.splitlines()[0].removesuffix(".")
                titles = self.groups.setdefault(group, [])
                if title not in titles:
                    titles.append(title)
                column = item.callspec.params["column"]
                item.user_properties.append(("group", group))
                item.user_properties.append(("situation", title))
                item.user_properties.append(("column", _key(column)))
        files = {item.path for item in items}
        folder = matrix_document.ROOT / "test" / "kernel" / "matrix"
        is_filtered = self._config.option.keyword or self._config.option.markexpr
        is_single = any("::" in one for one in self._config.args)
        self.is_whole = not (
            is_filtered or is_single or set(folder.glob("test_*.py")) - files
        )

    def pytest_runtest_logreport(self, report):
        told = dict(report.user_properties)
        if "situation" not in told:
            return
        column = tuple(told["column"])
        if "versions" in told:
            self.versions[column[:2]] = tuple(told["versions"])
        self._keep(column, told["group"], told["situation"], _mark(report))

    def pytest_sessionfinish(self):
        is_worker = hasattr(self._config, "workerinput")
        if self.updates and self.marks and not is_worker:
            self._write()

    @property
    def updates(self):
        """Whether the page is to be written, and not to be compared."""
        return self._config.getoption("update_matrix", default=False)

    # What it does with it.

    def _keep(self, column, group, title, mark):
        if mark is None:
            return
        titles = self.groups.setdefault(group, [])
        if title not in titles:
            titles.append(title)
        before = self.marks[column].get(title)
        if before != "✗":
            self.marks[column][title] = mark

    def _write(self):
        document = read()
        document.versions.update(self.versions)
        document.groups = self.groups
        here = {python for python, _ in document.versions}
        document.missing = [one for one in missing_pythons() if one not in here]
        for (python, line, way), marks in self.marks.items():
            for title, mark in marks.items():
                place = title, (python, line)
                cell = list(document.marks.get(place, ("–", "–")))
                cell[WAYS.index(way)] = mark
                document.marks[place] = tuple(cell)
        matrix_document.FILE.write_text(matrix_document.write(document), "utf-8")


def read():
    """Read the page as it is."""
    return matrix_document.read(matrix_document.FILE.read_text("utf-8"))


def _key(column):
    return [column.python, column.ipykernel, column.way]


def _mark(report):
    """Give what a phase of a test says, `None` where it says nothing."""
    if report.failed or hasattr(report, "wasxfail"):
        return "✗"
    if report.skipped:
        return "–"
    return "✓" if report.when == "call" else None
