"""The sheet of private attributes: every one of the product on a single list, for who must know what leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.model import Cell
from annexgen.render.changes import changes_of, in_words
from annexgen.render.excel_cells import link, put, status_style
from annexgen.render.excel_changes import COLUMN, mark
from annexgen.render.excel_heights import fit
from annexgen.render.excel_keys import ANY_KIND, header_key
from annexgen.render.excel_paper import print_setup
from annexgen.render.facts import is_private
from annexgen.render.texts import product_title

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.changed_rows import ChangedRow, ChangedRows
    from annexgen.annex.model import Annex, Row, Table

HEADER_ROW = 3
_CELLS = (
    "Attribute Name",
    "Tag",
    "VR",
    "VM",
    "Identifiable Information",
    "Source",
    "Presence of Attribute",
    "Presence of Value",
    "Value",
    "Conditions",
    "Comments",
)
COLUMNS = ("Table", "SOP Classes", *_CELLS, "Carriers", "Present", "Partial", "Path")
_WIDTHS = (13, 22, 28, 13, 6, 7, 13, 15, 14, 14, 22, 26, 20, 9, 9, 9, 44)
_WIDTH_OF_CHANGE = 46
_PRINTED = 2 + len(_CELLS)
"""On paper the counts would leave no room for the attributes."""


def private_rows(annex: Annex) -> list[tuple[Table, Row]]:
    """Every row of a private attribute or Private Creator, in the order of the tables."""
    return [(table, row) for table, row, _ in _marked_rows(annex, None)]


def write_private(
    annex: Annex,
    places: dict[str, tuple[str, int]],
    names: dict[tuple[str, int], str],
    changes: ChangedRows | None,
    target: Worksheet,
) -> None:
    """Write the list below the title of the sheet; `places` says where each table begins, `names` are keys of rows.

    With `changes` a column more says what differs from the former version, and cells that differ are marked.
    """
    from openpyxl.utils import get_column_letter

    columns = (*COLUMNS, *((COLUMN,) if changes is not None else ()))
    widths = (*_WIDTHS, *((_WIDTH_OF_CHANGE,) if changes is not None else ()))
    for position, (title, width) in enumerate(zip(columns, widths, strict=True), 1):
        put(target, HEADER_ROW, position, title, "annex header")
        target.column_dimensions[get_column_letter(position)].width = width
    fit(target, HEADER_ROW, zip(columns, widths, strict=True), bold=True)
    key = len(columns) + 1
    put(target, HEADER_ROW, key, header_key(ANY_KIND), "annex evidence")
    target.column_dimensions[get_column_letter(key)].hidden = True
    number = HEADER_ROW
    for number, (table, row, changed) in enumerate(_marked_rows(annex, changes), HEADER_ROW + 1):
        sheet, place = places[table.id]
        link(put(target, number, 1, f"Table {table.id}", "annex link"), sheet, f"A{place}")
        owners = "; ".join(annex.sop_class_names.get(uid, uid) for uid in table.sop_classes)
        put(target, number, 2, owners, "annex plain")
        for position, column in enumerate(_CELLS, 3):
            cell = row.cells.get(column, Cell())
            written = put(target, number, position, cell.text, status_style(cell.status))
            mark(written, cell.status, changed, column, first=position == 3)
        evidence = row.evidence
        counts = (evidence.carriers, evidence.present, evidence.partial) if evidence else ("", "", "")
        told = (in_words(changed, table),) if changes is not None else ()
        for position, count in enumerate((*counts, row.path, *told), 3 + len(_CELLS)):
            put(target, number, position, count, "annex evidence")
        texts = [f"Table {table.id}", owners, *(row.cells.get(column, Cell()).text for column in _CELLS)]
        fit(target, number, [*zip(texts, widths, strict=False), *((text, _WIDTH_OF_CHANGE) for text in told)])
        put(target, number, key, names.get((table.id, id(row)), ""), "annex evidence")
    last = get_column_letter(key)
    target.auto_filter.ref = f"A{HEADER_ROW}:{last}{max(number, HEADER_ROW + 1)}"
    target.freeze_panes = f"D{HEADER_ROW + 1}"
    target.print_area = f"A1:{get_column_letter(_PRINTED)}{max(number, HEADER_ROW + 1)}"
    print_setup(target, f"Draft annexes: {product_title(annex)}", HEADER_ROW)


def _marked_rows(annex: Annex, changes: ChangedRows | None) -> list[tuple[Table, Row, ChangedRow | None]]:
    """Every row of a private attribute with what differs in it."""
    found: list[tuple[Table, Row, ChangedRow | None]] = []
    for table in annex.tables:
        differs = changes_of(changes, table.id)
        for position, row in enumerate(table.rows):
            if is_private(row):
                found.append((table, row, differs.rows.get(position) if differs is not None else None))
    return found
