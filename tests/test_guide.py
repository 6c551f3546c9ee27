"""docs/guide.md as a person follows it: every command gives what the page shows, and what is done by hand is done in Excel.

ANNEXGEN_WRITE_GUIDE=1 writes what the commands say now into the page.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document
from openpyxl import load_workbook

from annexgen.annex.serialization import loads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annexgen.annex.model import Annex, Row

GUIDE = Path(__file__).parents[1] / "docs" / "guide.md"
README = Path(__file__).parents[1] / "README.md"
STEP = re.compile(r"^```console\n(?P<block>.*?)^```$|^<!-- by hand: (?P<hand>.*?) -->$", re.M | re.S)
MODE = "(0029,xx10)"
NEW = '(0029,xx18,"FJORDIA CT 01")'
GONE = '(0029,xx15,"FJORDIA CT 01")'
ELLIPSIS = "..."


def run(command: str, folder: Path) -> tuple[int, str]:
    """The exit code of a command line of annexgen, and what it prints."""
    program = [sys.executable, "-c", "from annexgen.cli.main import main; main(prog_name='annexgen')"]
    name, *arguments = shlex.split(command)
    assert name == "annexgen"
    environment = {**os.environ, "COLUMNS": "120"}
    result = subprocess.run(
        [*program, *arguments], cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    return result.returncode, result.stdout + result.stderr


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """What is done, in order: ("hand", what) or ("command", the line with what it shows)."""
    for step in STEP.finditer(text):
        if step["hand"]:
            yield "hand", step["hand"]
        else:
            yield from (("command", one) for one in re.findall(r"^\$ .*(?:\n(?!\$ ).*)*", step["block"], re.M))


def agrees(shown: str, printed: str) -> bool:
    """Whether the page shows what was printed; a line "..." stands for any lines."""
    parts = [re.escape(line) for line in shown.splitlines()]
    pattern = "\n".join(".*" if part == re.escape(ELLIPSIS) else part for part in parts)
    return re.fullmatch(pattern, printed.rstrip("\n"), re.S) is not None


# What a person does


def fill_in(desk: Path) -> None:
    """Name a private attribute and say of it what no file shows; sort its table; write one word that PS3.2 does not have."""
    path = desk / "draft" / "annex.xlsx"
    book = load_workbook(path)
    sheet, head, row = place(book, MODE)
    columns = {cell.value: cell.column for cell in sheet[head]}
    for column, text in (
        ("Attribute Name", "Acquisition Mode"),
        ("Identifiable Information", "SAFE"),
        ("Source", "USER"),
        ("Comments", "Chosen with the protocol."),
    ):
        sheet.cell(row, columns[column]).value = text
    sheet.cell(row + 1, columns["Source"]).value = "OPERATOR"
    # Sorting moves whole rows.
    for column in range(1, sheet.max_column + 1):
        one, other = sheet.cell(row, column), sheet.cell(row + 2, column)
        one.value, other.value = other.value, one.value
    book.save(path)


ANSWERS = {
    "Source": "GENERATED",
    "Identifiable Information": "SAFE",
    "Conditions": "Present as the protocol asks for it.",
    "Image Value Source": "USER",
    "MPPS Value Source": "N/A",
    "MPPS Destination": "N/A",
    "DIMSE SCU": "Y",
    "Display": "Y",
}
"""What is answered where nothing is proposed; roles that are not named are N, attributes are called by their tag."""


def answer(desk: Path) -> None:
    """Answer every question: confirm what is proposed, write the rest."""
    path = desk / "questions.xlsx"
    book = load_workbook(path)
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if row[0].value == "No.")
    columns = {cell.value: cell.column - 1 for cell in head}
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        column, cell = row[columns["Column"]].value, row[columns["Answer"]]
        if cell.value:
            row[columns["Confirm"]].value = "x"
        elif column == "Attribute Name":
            cell.value = f"Fjordia {str(row[columns['Tag']].value).strip('()').replace(',xx', ' ')}"
        elif column:
            cell.value = ANSWERS.get(column, "N")
    book.save(path)


def bring_up_to_date(desk: Path) -> None:
    """Another version and its revision; a condition that no longer applies taken back; what was said of an attribute that is gone."""
    path = desk / "product.toml"
    text = path.read_text(encoding="utf-8").replace('versions = ["F4.2"]', 'versions = ["F5.0"]', 1)
    statements = text.split("\n[[annotation]]\n")
    kept = [one for one in statements if f"path = '{GONE}'" not in one]
    assert len(statements) - len(kept) == 3
    revisions = (
        '\n[[revision]]\nrevision = "1"\ndate = 2026-03-04\nversions = ["F4.2"]\nchange = "First version."\n'
        '\n[[revision]]\nrevision = "2"\ndate = 2026-09-01\nversions = ["F5.0"]\n'
    )
    path.write_text("\n[[annotation]]\n".join(kept).rstrip("\n") + "\n" + revisions, encoding="utf-8")
    path = desk / "review" / "annex.xlsx"
    book = load_workbook(path)
    sheet, head, row = place(book, "(0018,1140)")
    condition = next(cell.column for cell in sheet[head] if cell.value == "Conditions")
    assert sheet.cell(row, condition).value
    sheet.cell(row, condition).value = None
    book.save(path)


def place(book: Any, tag: str) -> tuple[Any, int, int]:
    """The sheet, the number of the header and of the row of an attribute of the CT Image IOD."""
    for sheet in (book["CT Image IOD modules"], book["CT Image IOD private"]):
        head = 0
        for row in sheet.iter_rows():
            if row[0].value == "Attribute Name":
                head = row[0].row
            if row[1].value == tag:
                return sheet, head, row[0].row
    raise AssertionError(tag)


HANDS: dict[str, Callable[[Path], None]] = {
    "fill in draft/annex.xlsx": fill_in,
    "answer questions.xlsx": answer,
    "bring product.toml and review/annex.xlsx up to date": bring_up_to_date,
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str, int, str]]]:
    """The folder after the walk, and every command: its line, what the page shows, the exit code, what it printed."""
    desk = tmp_path_factory.mktemp("guide")
    text = GUIDE.read_text(encoding="utf-8")
    told = []
    for kind, what in blocks(text):
        if kind == "hand":
            HANDS[what](desk)
            continue
        line, _, shown = what.partition("\n")
        code, printed = run(line.removeprefix("$ "), desk)
        told.append((line, shown, code, printed))
    return desk, told


def test_every_command_gives_what_the_guide_shows(walked: tuple[Path, list[tuple[str, str, int, str]]]) -> None:
    _, told = walked
    if os.environ.get("ANNEXGEN_WRITE_GUIDE"):
        text = GUIDE.read_text(encoding="utf-8")
        for line, shown, _, printed in told:
            if not agrees(shown, printed):
                before = f"{line}\n{shown}".rstrip("\n") + "\n"
                assert before in text, before
                text = text.replace(before, f"{line}\n{printed}", 1)
        GUIDE.write_text(text, encoding="utf-8")
        return
    for line, shown, _, printed in told:
        assert agrees(shown, printed), f"{line}\n{printed}"
    assert [line for line, _, code, _ in told if code] == [
        line for line, _, _, _ in told if line.startswith("$ annexgen annotate import draft/")
    ]


def documents(desk: Path, folder: str) -> tuple[Annex, Any]:
    """The annex and the Word document that a build wrote."""
    annex = loads((desk / folder / "annex.json").read_text(encoding="utf-8"))
    return annex, Document(str(desk / folder / "annex.docx"))


def row_of(annex: Annex, path: str) -> Row:
    return next(row for table in annex.tables for row in table.rows if row.path == path)


def words(document: Any) -> str:
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_the_first_statement_says_what_the_person_said(walked: tuple[Path, list[tuple[str, str, int, str]]]) -> None:
    annex, document = documents(walked[0], "released")
    row = row_of(annex, '(0029,xx10,"FJORDIA CT 01")')
    assert [row.cells[c].text for c in ("Attribute Name", "Identifiable Information", "Source", "Comments")] == [
        "Acquisition Mode",
        "SAFE",
        "USER",
        "Chosen with the protocol.",
    ]
    statuses = {str(cell.status) for table in annex.tables for row in table.rows for cell in row.cells.values()}
    assert statuses == {"observed", "standard", "confirmed"}
    assert "Acquisition Mode" in words(document)
    assert "draft" not in words(document).casefold()


def test_the_second_statement_keeps_it_and_says_what_changed(
    walked: tuple[Path, list[tuple[str, str, int, str]]],
) -> None:
    desk = walked[0]
    first, _ = documents(desk, "released")
    second, document = documents(desk, "released-F5.0")
    assert second.product.versions == ("F5.0",)
    assert not [finding for finding in second.findings if finding.code == "stale-annotation"]
    mode = '(0029,xx10,"FJORDIA CT 01")'
    assert {c: x.text for c, x in row_of(second, mode).cells.items()} == {
        c: x.text for c, x in row_of(first, mode).cells.items()
    }
    assert row_of(second, "(0018,1140)").cells["Conditions"].text == ""
    assert row_of(second, NEW).cells["Attribute Name"].text == "Fjordia 0029 18"
    history = second.table("revisions")
    assert [row.cells["Revision"].text for row in history.rows] == ["1", "2"]
    assert NEW in history.rows[1].cells["Change"].text
    assert "Marked is what differs" not in words(document)
    marked = words(Document(str(desk / "marked" / "annex.docx")))
    assert "Marked is what differs from version F4.2" in marked
    assert "FJORDIA CT 01" in marked


def test_the_readme_leads_to_the_guide_and_shows_lines_of_it() -> None:
    text = README.read_text(encoding="utf-8")
    assert "(docs/guide.md)" in text
    guide = GUIDE.read_text(encoding="utf-8").splitlines()
    (short,) = re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S)
    for line in short.splitlines():
        assert line == ELLIPSIS or line in guide, line
