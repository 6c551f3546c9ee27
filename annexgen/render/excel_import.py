"""Reads a workbook that a person has edited: which cells say something else than was written, and which of that can be taken."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from annexgen.annex.annotations import OWN_TABLE, Seen
from annexgen.annex.annotations_check import EDITABLE, TITLES, may_be_said
from annexgen.annex.annotations_edits import Edit, Refusal
from annexgen.annex.columns import COLUMNS_OF_KIND
from annexgen.annex.model import Status
from annexgen.render.excel_cells import CUT, safe
from annexgen.render.excel_keys import ALL_PROPOSALS, ANY_KIND, CONFIRM, SHEET, WorkbookError, key_in, read_records
from annexgen.render.excel_lost import lost_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl import Workbook

    from annexgen.annex.annotations_records import Record

ANSWER = "Answer"
"""The column of a list of open questions in which the answer is written."""
QUESTIONS_KIND = "questions"

_IDENTITY = ("Tag", "SOP Class UID", "Value/Code", "Concept Name", "Transfer Syntax UID", "Defined Term", "Reference")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(slots=True)
class _Found:
    """What a row of the workbook says of one cell."""

    place: str
    text: str
    confirmed: bool = False


@dataclass(slots=True)
class Edits:
    """The edits of a workbook in the order of the annex, and what was refused."""

    taken: list[Edit] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def read_edits(data: bytes) -> Edits:
    """The edits in a workbook that annexgen wrote.

    A row is known by its hidden key, so it may have been moved, sorted, filtered or deleted. What a cell said when it was written
    is in the hidden sheet: only what differs is an edit. Refused is, with the cell's address, what cannot be changed or
    contradicts the vocabulary or the corpus.

    Errors: `WorkbookError`.
    """
    book = _open(data)
    kept = read_records(book)
    edits = Edits(refused=lost_rows(book, kept))
    found: dict[tuple[int, str], list[_Found]] = defaultdict(list)
    for sheet in book.worksheets:
        if sheet.title != SHEET:
            for number, column, one in _sheet(sheet, kept, edits.refused):
                found[number, column].append(one)
    for (number, column), said in sorted(found.items(), key=lambda f: (f[0][0], _order(kept[f[0][0]], f[0][1]))):
        _take(kept[number], column, said, edits)
    return edits


def _open(data: bytes) -> Workbook:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(BytesIO(data))
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        # A package without a workbook, such as a Word document, is an OSError to openpyxl.
        raise WorkbookError("not an Excel workbook (.xlsx)") from error
    except Exception as error:
        # What openpyxl and its readers of XML say of a damaged part is of any class.
        raise WorkbookError(
            f"a damaged Excel workbook ({type(error).__name__}): open it in Excel and save it"
        ) from error


def _sheet(sheet: Any, kept: list[Record], refused: list[Refusal]) -> Iterator[tuple[int, str, _Found]]:
    """Every cell of a sheet that says something else than was written, by record and column."""
    lines: list[tuple[int, list[Any]]] = []
    headers: dict[str, dict[str, int]] = {}
    for cells in sheet.iter_rows():
        keys = [key for cell in cells if (key := key_in(cell.value)) is not None]
        if len(keys) != 1:
            continue
        what, name = keys[0]
        if what == "header":
            headers.setdefault(name, {str(c.value): n for n, c in enumerate(cells) if c.value is not None})
        elif name.isdecimal() and int(name) < len(kept):
            lines.append((int(name), list(cells)))
    for number, cells in lines:
        record = kept[number]
        kind = QUESTIONS_KIND if record.question else record.kind
        columns = headers.get(kind) or headers.get(ANY_KIND)
        if columns is None:
            columns = {column: n for n, column in enumerate(COLUMNS_OF_KIND.get(kind, ()))}
        yield from ((number, column, one) for column, one in _row(record, cells, columns, sheet.title, refused))


def _row(
    record: Record, cells: list[Any], columns: dict[str, int], sheet: str, refused: list[Refusal]
) -> Iterator[tuple[str, _Found]]:
    def place(column: str) -> str:
        return f"{sheet}!{cells[columns[column]].coordinate}"

    from openpyxl.cell.cell import MergedCell

    here = {column: n for column, n in columns.items() if n < len(cells)}
    shown = {ANSWER: record.cells[record.question].text} if record.question else {}
    shown |= {column: cell.text for column, cell in record.cells.items() if column not in shown}
    edited: dict[str, _Found] = {}
    for column, text in shown.items():
        if column not in here or (record.question and column not in (ANSWER, *_IDENTITY)):
            continue
        cell = cells[here[column]]
        if isinstance(cell, MergedCell):
            reason = "it is merged with another cell: unmerge them, and write what each should say"
            refused.append(Refusal(place(column), reason))
            if column in _IDENTITY:
                return
            continue
        says, wrong = _text(cell)
        if _same(says, text):
            continue
        fixed = column in _IDENTITY or (column in TITLES and not record.path.startswith("private:"))
        if fixed and not record.question:
            reason = f"the row no longer shows what it was written for ({column} was {text}); sort and move whole rows"
            refused.append(Refusal(place(column), reason))
            return
        if wrong or CUT in says:
            reason = wrong or "the text was cut when it was written, and cannot be changed here"
            refused.append(Refusal(place(column), reason))
            continue
        edited[record.question or column] = _Found(place(column), says)
    yield from edited.items()
    if CONFIRM in here:
        answer = _text(cells[here[CONFIRM]])[0]
        for column in _confirmed(record, answer, place(CONFIRM), refused):
            if column not in edited:
                yield column, _Found(place(CONFIRM), record.cells[column].text, confirmed=True)


def confirmed_columns(record: Record, answer: str) -> list[str]:
    """The columns of a row that a person confirms as they stand, by what the column Confirm says."""
    return _confirmed(record, answer.strip(), "", [])


def _confirmed(record: Record, answer: str, place: str, refused: list[Refusal]) -> list[str]:
    """The columns that a person confirms as they stand."""
    if not answer:
        return []
    if record.question:
        return [record.question]
    if answer.casefold() in (ALL_PROPOSALS, "x", "yes"):
        return [c for c, cell in record.cells.items() if cell.status is Status.PROPOSED and c in EDITABLE]
    names = {column.casefold(): column for column in record.cells}
    found = []
    for part in filter(None, (one.strip() for one in answer.split(";"))):
        if part.casefold() in names:
            found.append(names[part.casefold()])
        else:
            refused.append(Refusal(place, f"{part!r} is neither {ALL_PROPOSALS!r} nor the name of a column"))
    return found


def _take(record: Record, column: str, said: list[_Found], edits: Edits) -> None:
    """Turn what was found for one cell into an edit, or refuse it."""
    written = [one for one in said if not one.confirmed] or said
    texts = {one.text for one in written}
    first = written[0]
    if len(texts) > 1:
        places = ", ".join(sorted(one.place for one in written))
        edits.refused.append(Refusal(places, f"the same cell says different things ({column})"))
        return
    cell = record.cells[column]
    text: str | None = first.text.strip()
    assert text is not None
    if column == "Attribute Name":
        text = text.lstrip("> ")
    if column in ("Value", "Values") and record.own_table:
        text = text.replace(record.own_table, OWN_TABLE)
    reason = ""
    if first.confirmed:
        if column in record.joined:
            reason = (
                f"{column} says something else for each IOD: write one sentence, or confirm it in the IOD's own table"
            )
        elif not text:
            reason = f"{column} is blank: write what it should say"
        elif cell.status is Status.STANDARD or column not in EDITABLE or (column in TITLES and not text):
            reason = f"{column} needs no confirmation"
        elif column in TITLES:
            return
    if not reason and not text and cell.status is Status.CONFIRMED:
        text = None
    if not reason and text is not None:
        reason = may_be_said(column, text, record.facts())
    if not reason and record.kind == "sop_classes" and column == "SOP Class Name" and cell.status is Status.STANDARD:
        reason = "SOP Class Name is the Standard's"
    if reason:
        edits.refused.append(Refusal(first.place, reason))
        return
    # Whoever withdraws a statement, or names a table, speaks for all the SOP Classes that share the row.
    alike = not record.path or text is None or column in TITLES
    for sop_classes, seen in [(record.sop_classes, Seen())] if alike else record.seen(column):
        edits.taken.append(Edit(record.kind, sop_classes, record.path, column, text, seen, first.place))


def _order(record: Record, column: str) -> int:
    return list(record.cells).index(column)


def _text(cell: Any) -> tuple[str, str]:
    """What a cell says as text, and why that cannot be taken."""
    value = cell.value
    link = cell.hyperlink
    # An empty cell that is still a link is read as the link's target.
    if value is None or (link is not None and value in (link.location, link.target)):
        return "", ""
    if cell.data_type == "f":
        return str(value), "it is a formula: write its result"
    if cell.data_type == "e":
        return str(value), f"it is the error {value}"
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value)), ""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat(), "Excel made a date of it: format the cell as text and write it again"
    return _ESCAPED.sub("_", str(value)), ""


def _same(says: str, written: str) -> bool:
    def plain(text: str) -> str:
        return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()

    return plain(says) in (plain(written), plain(_ESCAPED.sub("_", safe(written))))
