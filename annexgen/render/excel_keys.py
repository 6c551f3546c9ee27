"""How a workbook knows its rows again: a hidden column names them, a hidden sheet holds what they said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.annex.annotations_records import record_of, records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl import Workbook

    from annexgen.annex.annotations_records import Record
    from annexgen.annex.model import Annex

SHEET = "annexgen"
FORMAT = "annexgen workbook 1"
CONFIRM = "Confirm"
"""The column in which a person confirms proposals of the row as they stand."""
ALL_PROPOSALS = "all"
ANY_KIND = "*"

_KEY = re.compile(r"annexgen:(row|header):(.+)")
_CHUNK = 30_000


class WorkbookError(ValueError):
    """A workbook that annexgen did not write, or that has lost what it needs; the message says what to do."""


def header_key(kind: str) -> str:
    """What the hidden column says beside the header of a table; ANY_KIND where rows of several kinds stand below it."""
    return f"annexgen:header:{kind}"


def key_in(value: object) -> tuple[str, str] | None:
    """("row", number) or ("header", kind) of a cell of the hidden column."""
    match = _KEY.fullmatch(value) if isinstance(value, str) else None
    return (match[1], match[2]) if match else None


def named_rows(annex: Annex) -> tuple[dict[tuple[str, int], str], list[Record]]:
    """The name of every row by its table's id and its identity (`id`), and the records by number."""
    names: dict[tuple[str, int], str] = {}
    kept: list[Record] = []
    for table, row, record in records(annex):
        if record is not None:
            names[table.id, id(row)] = row_key(len(kept))
            kept.append(record)
    return names, kept


def row_key(number: int) -> str:
    """What the hidden column says beside the row of the record with this number."""
    return f"annexgen:row:{number}"


def write_records(book: Workbook, kept: Iterable[Record]) -> None:
    """Write the hidden sheet."""
    sheet = book.create_sheet(SHEET)
    sheet.sheet_state = "veryHidden"
    sheet.append([FORMAT])
    for record in kept:
        line = record.dumps()
        sheet.append([line[start : start + _CHUNK] for start in range(0, len(line), _CHUNK)])


def read_records(book: Workbook) -> list[Record]:
    """The records of the hidden sheet, by number.

    Errors: `WorkbookError` when there is no such sheet, it is of another format, or damaged.
    """
    name = next((n for n in book.sheetnames if n == SHEET), None)
    if name is None:
        raise WorkbookError("not a workbook that annexgen wrote, or its hidden sheet was removed: write it again")
    lines = list(book[name].iter_rows(values_only=True))
    if not lines or lines[0][0] != FORMAT:
        raise WorkbookError("the workbook was written by another version of annexgen: write it again")
    try:
        return [record_of("".join(str(part) for part in line if part)) for line in lines[1:]]
    except ValueError as error:
        raise WorkbookError(f"the hidden sheet is damaged: {error}") from error
