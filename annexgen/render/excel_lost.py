"""Rows of a workbook that lost the hidden key by which they are known: what a person wrote there is not passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.annotations_edits import Refusal
from annexgen.render.excel_keys import SHEET, WorkbookError, key_in

if TYPE_CHECKING:
    from openpyxl import Workbook

    from annexgen.annex.annotations_records import Record

_NAMES = ("Attribute Name", "Module Name", "Functional Group Macro", "Concept Name", "SOP Class Name", "Name")


def lost_rows(book: Workbook, kept: list[Record]) -> list[Refusal]:
    """One refusal for each sheet with rows that have no key any more: a column was removed, or its cells were.

    Such a row is told by its name and its tag or code, of a record that no row of the workbook has the key of: rows and sheets
    that were deleted are nobody's words.

    Errors: `WorkbookError` when not one row has its key.
    """
    known: set[int] = set()
    keyless: list[tuple[str, int, frozenset[str]]] = []
    for sheet in book.worksheets:
        if sheet.title == SHEET:
            continue
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            keys = [key for value in cells if (key := key_in(value)) is not None]
            known.update(int(name) for what, name in keys if what == "row" and name.isdecimal())
            if not keys:
                keyless.append((sheet.title, number, frozenset(str(v).strip() for v in cells if v is not None)))
    if kept and not known:
        raise WorkbookError(
            "no row has its hidden key any more: edit the workbook that annexgen wrote, without removing its hidden column"
        )
    missing: dict[str, set[str]] = {}
    for number, record in enumerate(kept):
        if number not in known:
            for name in (record.cells[column].text for column in _NAMES if column in record.cells):
                others = {cell.text.strip() for column, cell in record.cells.items() if column not in _NAMES}
                missing.setdefault(name.strip(), set()).update(others - {""})
    found: dict[str, list[int]] = {}
    for title, number, texts in keyless:
        if any(len(texts & missing[text]) >= _ALIKE for text in texts & missing.keys()):
            found.setdefault(title, []).append(number)
    return [
        Refusal(
            f"{title}!{numbers[0]}",
            f"{len(numbers):,} row{'s' if len(numbers) > 1 else ''} of this sheet, from this one on, lost the hidden key, so nothing "
            "was taken: write it in the workbook that annexgen wrote, without removing its hidden column",
        )
        for title, numbers in found.items()
    ]


_ALIKE = 2
"""So many other cells of a row say what the record with its name said."""
