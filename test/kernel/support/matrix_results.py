"""A pytest plugin: what each situation gave in each column, and the page about it."""

from collections import defaultdict

import pytest
from support import matrix_document
from support.matrix_columns import WAYS, column_of, missing_pythons
from support.matrix_document import FAILS, NOTHING, UNSEEN, WORKS


class MatrixResults:
    """Collects marks; with `--update-matrix` writes the page at the end."""

    def __init__(self, config):
        self._config = config
        #: A mark by title, and the full versions, for each column.
        self.marks = defaultdict(dict)
        self.versions = {}
        #: Group and title of each situation, with its place in the files.
        self.places = {}
        #: Whether every situation has been collected, and none left out.
        self.is_whole = False

    # What pytest tells.

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        for place, item in enumerate(items):
            mark = item.get_closest_marker("situation")
            if mark is not None:
                [title] = mark.args
                group = item.module.__doc__.splitlines()[0].removesuffix(".")
                column = column_of(item)
                told = {
                    "place": self.places.setdefault((group, title), place),
                    "situation": [group, title],
                    "column": [column.python, column.ipykernel, column.way],
                }
                item.user_properties += told.items()
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
        *kernel, way = told["column"]
        group, title = told["situation"]
        self.places[group, title] = told["place"]
        if "versions" in told:
            self.versions[tuple(kernel)] = tuple(told["versions"])
        marks = self.marks[(*kernel, way)]
        mark = _mark(report)
        if mark is not None and marks.get(title) != FAILS:
            marks[title] = mark

    def pytest_sessionfinish(self):
        is_worker = hasattr(self._config, "workerinput")
        if self.updates and self.marks and not is_worker:
            self._write()

    @property
    def updates(self):
        """Whether the page is to be written, and not to be compared."""
        return self._config.getoption("update_matrix", default=False)

    @property
    def groups(self):
        """The titles by their group, in the order of the files."""
        groups = {}
        for group, title in sorted(self.places, key=self.places.get):
            groups.setdefault(group, []).append(title)
        return groups

    def _write(self):
        document = read()
        document.versions.update(self.versions)
        document.groups = self.groups
        here = {python for python, _ in document.versions}
        document.missing = [one for one in missing_pythons() if one not in here]
        for (python, line, way), marks in self.marks.items():
            for title, mark in marks.items():
                place = title, (python, line)
                cell = list(document.marks.get(place, UNSEEN))
                cell[WAYS.index(way)] = mark
                document.marks[place] = tuple(cell)
        matrix_document.FILE.write_text(matrix_document.write(document), "utf-8")


def read():
    """Read the page as it is."""
    return matrix_document.read(matrix_document.FILE.read_text("utf-8"))


def _mark(report):
    """Give what a phase of a test says, `None` where it says nothing."""
    if report.failed or hasattr(report, "wasxfail"):
        return FAILS
    if report.skipped:
        return NOTHING
    return WORKS if report.when == "call" else None
