"""docs/kernels.md is read as it is written, and keeps what a run didn't see."""

from support import matrix_document
from support.matrix_document import FILE, Document

KERNELS = {
    ("3.9", "7"): ("3.9.2", "7.1.0"),
    ("3.10", "6.29"): ("3.10.13", "6.29.5"),
    ("3.10", "7"): ("3.10.13", "7.3.0"),
}


def page():
    return Document(
        head="# Kernels\n\nBy hand.\n",
        tail="## Other kernels\n\n| by | hand |\n| --- | --- |\n",
        versions=KERNELS,
        groups={"Running": ["a busy cell", "`await`"], "Waiting": ["silence"]},
        marks={
            ("a busy cell", ("3.10", "7")): ("✓", "✗"),
            ("silence", ("3.9", "7")): ("–", "✓"),  # noqa: RUF001
        },
        missing=["3.14"],
    )


def test_it_is_read_as_it_was_written():
    text = matrix_document.write(page())
    read = matrix_document.read(text)
    assert matrix_document.write(read) == text
    assert (read.head, read.tail) == (page().head, page().tail)
    assert (read.groups, read.missing) == (page().groups, page().missing)
    assert read.versions == KERNELS
    assert read.marks.items() >= page().marks.items()


def test_columns_are_in_the_order_of_their_numbers():
    assert page().columns == [("3.9", "7"), ("3.10", "6.29"), ("3.10", "7")]


def test_a_page_without_a_table_is_a_beginning():
    read = matrix_document.read("# Kernels\n\nBy hand.\n")
    assert (read.head, read.columns) == ("# Kernels\n\nBy hand.\n", [])


def test_the_page_of_this_project_is_one_of_those():
    text = FILE.read_text("utf-8")
    assert matrix_document.write(matrix_document.read(text)) == text
