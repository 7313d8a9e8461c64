"""A pytest plugin: what was seen in kernels that are no ipykernel, and its table."""

from support import matrix_document
from support.matrix_document import BY_HAND, FAILS, NOTHING, WORKS

HEAD = "|  | xeus-python |\n| --- | :-: |\n"

UPDATE = (
    "docs/kernels.md says otherwise: run `npm run matrix` and see what has changed."
)


class OtherKernels:
    """Collects the marks of `other_kernel`; compares the page, or writes it."""

    def __init__(self, config):
        self._config = config
        #: Of each row that was run, by its title; and where its test stands.
        self.marks = {}
        self.places = {}

    def pytest_collection_modifyitems(self, items):
        for place, item in enumerate(items):
            for mark in item.iter_markers("other_kernel"):
                told = [*mark.args, mark.kwargs.get("works", True), place]
                item.user_properties.append(("other_kernel", told))

    def pytest_runtest_logreport(self, report):
        told = dict(report.user_properties).get("other_kernel")
        if told is None:
            return
        title, works, place = told
        self.places[title] = place
        if report.failed:
            self.marks[title] = f"{FAILS} (a test fails)"
        elif report.when == "call" and report.passed:
            self.marks.setdefault(title, WORKS if works else FAILS)

    def pytest_sessionfinish(self, session):
        if not self.marks or hasattr(self._config, "workerinput"):
            return
        page = matrix_document.FILE.read_text("utf-8")
        if self._config.getoption("update_matrix", default=False):
            titles = sorted(self.marks, key=self.places.get)
            marks = {title: self.marks[title] for title in titles}
            matrix_document.FILE.write_text(changed(page, marks), "utf-8")
        elif any(rows(page).get(title) != mark for title, mark in self.marks.items()):
            reporter = self._config.pluginmanager.get_plugin("terminalreporter")
            reporter.write_line(UPDATE, red=True)
            session.exitstatus = 1


def rows(page):
    """Read the table: a mark by title."""
    *_, table = page.partition(BY_HAND)[2].partition(HEAD)
    lines = (line.strip("|").split("|") for line in table.splitlines())
    return {cells[0].strip(): cells[1].strip() for cells in lines if len(cells) > 1}


def changed(page, marks):
    """Give the page with these rows in the place of the table."""
    text = page.partition(HEAD)[0].rstrip()
    lines = (f"| {title} | {mark or NOTHING} |\n" for title, mark in marks.items())
    return f"{text}\n\n{HEAD}{''.join(lines)}"
