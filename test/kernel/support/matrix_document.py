"""docs/kernels.md: read, changed where a run has seen something, and written."""

import re
from dataclasses import dataclass, field

from support.real_kernel import ROOT

FILE = ROOT / "docs" / "kernels.md"

#: What stands before the first table and from here on is written by hand.
BY_HAND = "## Other kernels"

NOT_RUN = "not run"
WORKS, FAILS, NOTHING = "✓", "✗", "–"  # noqa: RUF001 - it reads best in a table
#: The marks of a cell that nobody has seen.
UNSEEN = (NOTHING, NOTHING)


@dataclass
class Document:
    """What the page says. A column is a Python and an ipykernel, such as 3.12 and 7."""

    head: str = ""
    tail: str = ""
    #: The full versions of each column.
    versions: dict = field(default_factory=dict)
    #: The titles of the situations by their group, in order.
    groups: dict = field(default_factory=dict)
    #: Two marks, injected and installed, by title and column.
    marks: dict = field(default_factory=dict)
    #: Pythons that nobody has run.
    missing: list = field(default_factory=list)

    @property
    def titles(self):
        return [title for titles in self.groups.values() for title in titles]

    @property
    def columns(self):
        return sorted(self.versions, key=_order)


def read(text):
    """Read a page as `write` makes it."""
    text, mark, rest = text.partition(BY_HAND)
    head, first, _ = text.partition("\n|")
    document = Document(head=head, tail=mark + rest)
    tables = [_table(one) for one in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)]
    if not first:
        return document
    (_, *lines), *rows = tables[0]
    lines = [one.removeprefix("ipykernel ") for one in lines]
    for python, *ipykernels in rows:
        line = ".".join(python.split(".")[:2])
        if NOT_RUN in ipykernels:
            document.missing.append(line)
        else:
            for name, version in zip(lines, ipykernels, strict=True):
                if version != NOTHING:
                    document.versions[line, name] = (python, version)
    names = re.findall(r"^## (.*)", text.removeprefix(head), re.MULTILINE)
    for name, (head, *rows) in zip(names, tables[1:], strict=False):
        columns = [tuple(one.split("<br>")) for one in head[1:]]
        document.groups[name] = [title for title, *_ in rows]
        for title, *cells in rows:
            for column, cell in zip(columns, cells, strict=True):
                document.marks[title, column] = tuple(cell.split())
    return document


def write(document):
    """Give the page's text."""
    lines = sorted({line for _, line in document.versions}, key=_number)
    pythons = sorted({python for python, _ in document.versions}, key=_number)
    parts = [document.head, _row("Python", *(f"ipykernel {one}" for one in lines))]
    parts += [_row(*["---"] * (len(lines) + 1))]
    for python in pythons:
        found = [document.versions.get((python, line), ("", NOTHING)) for line in lines]
        full = next(version for version, _ in found if version)
        parts.append(_row(full, *(version for _, version in found)))
    parts += [_row(one, *[NOT_RUN] * len(lines)) for one in document.missing]
    columns = document.columns
    for group, titles in document.groups.items():
        parts += [f"\n## {group}\n"]
        parts += [_row("", *("<br>".join(column) for column in columns))]
        parts += [_row("---", *[":-:"] * len(columns))]
        for title in titles:
            cells = (document.marks.get((title, one), UNSEEN) for one in columns)
            parts.append(_row(title, *(" ".join(cell) for cell in cells)))
    parts += ["", document.tail] if document.tail else [""]
    return "\n".join(parts)


def _table(text):
    """Give the rows of a Markdown table, without the line that makes it one."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
    ]
    return [rows[0], *rows[2:]]


def _row(*cells):
    return f"| {' | '.join(cells)} |"


def _number(version):
    return [int(part) for part in version.split(".")]


def _order(column):
    return [_number(part) for part in column]
