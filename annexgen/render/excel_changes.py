"""What differs from the former version in the workbook: filled cells, a column that says how, and a sheet of rows that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.model import Cell, Status
from annexgen.render.changes import UNDECIDED, changes_of, gone_in_words
from annexgen.render.excel_cells import CHANGED_FILL, put, side
from annexgen.render.excel_heights import fit
from annexgen.render.excel_sheets import GONE

if TYPE_CHECKING:
    from openpyxl.cell import Cell as ExcelCell
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.changed_rows import ChangedRow, ChangedRows
    from annexgen.annex.model import Annex, Row, Table

COLUMN = "What changed"
"""The column beside every row; it is filtered for all that is not blank."""
WIDTH = 46
_WIDTHS = (14, 44, 90, 30)


def mark(cell: ExcelCell, status: Status, changed: ChangedRow | None, column: str, *, first: bool) -> None:
    """Mark a cell that differs: a line at its left, and a fill where its status has none of its own.

    A row that is new as a whole has the line at its `first` cell only.
    """
    from openpyxl.styles import Border, PatternFill

    if changed is None or not changed.differs(column):
        return
    if first or not changed.new:
        edge = cell.border
        cell.border = Border(
            left=side(decided=not changed.is_undecided(column)), right=edge.right, top=edge.top, bottom=edge.bottom
        )
    if status in (Status.OBSERVED, Status.STANDARD):
        cell.fill = PatternFill("solid", start_color=CHANGED_FILL, end_color=CHANGED_FILL)


def legend_lines(changes: ChangedRows | None) -> list[tuple[str, str, str]]:
    """What the marks mean: name, meaning and style of each; none where nothing is to be marked."""
    if changes is None:
        return []
    if not changes.tables:
        return [("changed", f"Nothing in the tables differs from {changes.former}.", "annex plain")]
    lines = [
        (
            "changed",
            f"New, or otherwise than in {changes.former}; the column {COLUMN} beside the row says what was said before",
            "annex changed",
        ),
        ("changed", f"The same, but it {UNDECIDED}", "annex undecided"),
    ]
    gone = [("gone", f"Rows that are no longer there stand on the sheet {GONE}", "annex gone")]
    return [*lines, *(gone if has_gone(changes) else [])]


def has_gone(changes: ChangedRows | None) -> bool:
    """Whether any row is gone."""
    return changes is not None and any(table.gone for table in changes.tables.values())


def write_gone(annex: Annex, changes: ChangedRows, target: Worksheet) -> None:
    """List the rows that are gone, from the third row on."""
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        target.column_dimensions[letter].width = width
    for position, title in enumerate(("Table", "Row", "What it said", COLUMN), 1):
        put(target, 3, position, title, "annex header")
    row = 3
    for table in annex.tables:
        found = changes_of(changes, table.id)
        for gone in found.gone if found is not None else ():
            row += 1
            name = _name(gone.row, table)
            texts = ((column, gone.row.cells.get(column, Cell()).text) for column in table.columns[1:])
            said = "; ".join(f"{column}: {text}" for column, text in texts if text)
            cells = (f"Table {table.id}", name, said, gone_in_words(gone))
            for position, text in enumerate(cells, 1):
                put(target, row, position, text, "annex gone" if position in (2, 3) else "annex plain")
            fit(target, row, zip(cells, _WIDTHS, strict=True))
    target.auto_filter.ref = f"A3:D{max(4, row)}"
    target.freeze_panes = "A4"


def _name(row: Row, table: Table) -> str:
    """What a row that is gone is called: its first cell, or the attribute whose further value it is, or its path."""
    first = row.cells.get(table.columns[0], Cell()).text
    if first.strip("> "):
        return first
    if table.kind == "coded_values":
        attribute = row.path.rpartition("=")[0]
        of_it = (one for one in table.rows if one.path.rpartition("=")[0] == attribute)
        named = next((one.cells.get("Attribute Name", Cell()).text for one in of_it), "")
        return named or attribute
    return row.path
