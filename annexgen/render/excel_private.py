"""The sheet of private attributes: every one of the product on a single list, for who must know what leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.model import Cell
from annexgen.render.excel_cells import link, print_setup, put, status_style
from annexgen.render.excel_heights import fit
from annexgen.render.excel_keys import ANY_KIND, header_key
from annexgen.render.facts import is_private

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.model import Annex, Row, Table

HEADER_ROW = 3
_CELLS = (
    "Attribute Name",
    "Tag",
    "VR",
    "VM",
    "Identifiable Information",
    "Presence of Attribute",
    "Presence of Value",
    "Value",
    "Conditions",
    "Comments",
)
COLUMNS = ("Table", "SOP Classes", *_CELLS, "Carriers", "Present", "Partial", "Path")
_WIDTHS = (14, 34, 34, 13, 6, 8, 14, 14, 14, 30, 34, 30, 9, 9, 9, 44)


def private_rows(annex: Annex) -> list[tuple[Table, Row]]:
    """Every row of a private attribute or Private Creator, in the order of the tables."""
    return [(table, row) for table in annex.tables for row in table.rows if is_private(row)]


def write_private(
    annex: Annex, places: dict[str, tuple[str, int]], names: dict[tuple[str, int], str], target: Worksheet
) -> None:
    """Write the list below the title of the sheet; `places` says where each table begins, `names` are keys of rows."""
    from openpyxl.utils import get_column_letter

    for position, (title, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True), 1):
        put(target, HEADER_ROW, position, title, "annex header")
        target.column_dimensions[get_column_letter(position)].width = width
    key = len(COLUMNS) + 1
    put(target, HEADER_ROW, key, header_key(ANY_KIND), "annex evidence")
    target.column_dimensions[get_column_letter(key)].hidden = True
    number = HEADER_ROW
    for number, (table, row) in enumerate(private_rows(annex), HEADER_ROW + 1):
        sheet, place = places[table.id]
        link(put(target, number, 1, f"Table {table.id}", "annex link"), sheet, f"A{place}")
        owners = "; ".join(annex.sop_class_names.get(uid, uid) for uid in table.sop_classes)
        put(target, number, 2, owners, "annex plain")
        for position, column in enumerate(_CELLS, 3):
            cell = row.cells.get(column, Cell())
            put(target, number, position, cell.text, status_style(cell.status))
        evidence = row.evidence
        counts = (evidence.carriers, evidence.present, evidence.partial) if evidence else ("", "", "")
        for position, count in enumerate((*counts, row.path), 3 + len(_CELLS)):
            put(target, number, position, count, "annex evidence")
        texts = [f"Table {table.id}", owners, *(row.cells.get(column, Cell()).text for column in _CELLS)]
        fit(target, number, zip(texts, _WIDTHS, strict=False))
        put(target, number, key, names.get((table.id, id(row)), ""), "annex evidence")
    last = get_column_letter(key)
    target.auto_filter.ref = f"A{HEADER_ROW}:{last}{max(number, HEADER_ROW + 1)}"
    target.freeze_panes = f"D{HEADER_ROW + 1}"
    print_setup(target)
