"""The differences as a workbook: one filtered list, both sides and their evidence in columns."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from annexgen.annex.comparison.model import Weight
from annexgen.render.comparison.words import counts, origin_counts, origin_title, said, seen, title
from annexgen.render.excel_cells import put, register_styles
from annexgen.render.excel_heights import fit
from annexgen.render.excel_paper import print_setup
from annexgen.render.packages import without_dates

if TYPE_CHECKING:
    from annexgen.annex.comparison import Change, Comparison

COLUMNS = (
    "Weight",
    "Kind",
    "What",
    "SOP Class",
    "Name",
    "Column",
    "Before",
    "Now",
    "Weak because",
    "Came or went with it",
    "Counted before",
    "Counted now",
    "Path",
)
_WIDTHS = (11, 9, 18, 26, 34, 18, 34, 34, 28, 40, 44, 44, 50)
_LAST_PRINTED = COLUMNS.index("Weak because") + 1
_HEADER_ROW = 5
_STYLES = {Weight.BREAKING: "annex error", Weight.NOTABLE: "annex proposed", Weight.MINOR: "annex note"}


def workbook(comparison: Comparison) -> bytes:
    """The workbook's bytes: the same comparison gives the same."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    register_styles(book)
    sheet = book.worksheets[0]
    sheet.title = "Differences"
    put(sheet, 1, 1, title(comparison), "annex title")
    sheet.row_dimensions[1].height = 28
    put(sheet, 2, 1, counts(comparison), "annex text")
    both = ((name, origin) for name, origin in (("Before", comparison.old), ("Now", comparison.new)))
    put(sheet, 3, 1, "; ".join(f"{n}: {origin_title(o)}, {origin_counts(o)}" for n, o in both), "annex muted")
    for row in (2, 3):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=_LAST_PRINTED)
    for position, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True), 1):
        put(sheet, _HEADER_ROW, position, name, "annex header")
        sheet.column_dimensions[get_column_letter(position)].width = width
    row = _HEADER_ROW
    for row, change in enumerate(comparison.changes, _HEADER_ROW + 1):
        texts = _texts(change, comparison)
        for position, text in enumerate(texts, 1):
            put(sheet, row, position, text, _STYLES[change.weight] if position == 1 else "annex plain")
        fit(sheet, row, zip(texts[:_LAST_PRINTED], _WIDTHS, strict=False))
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{get_column_letter(len(COLUMNS))}{max(row, _HEADER_ROW + 1)}"
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    # On paper what was counted would leave no room for the differences.
    sheet.print_area = f"A1:{get_column_letter(_LAST_PRINTED)}{max(row, _HEADER_ROW + 1)}"
    print_setup(sheet, title(comparison), _HEADER_ROW)
    book.properties.creator = "annexgen"
    book.properties.title = title(comparison)
    buffer = BytesIO()
    book.save(buffer)
    return without_dates(buffer.getvalue())


def _texts(change: Change, comparison: Comparison) -> tuple[str, ...]:
    return (
        change.weight.label,
        change.kind,
        change.what,
        comparison.sop_class_names.get(change.sop_class, change.sop_class),
        change.name,
        change.column,
        said(change, change.old),
        said(change, change.new),
        change.weak,
        "\n".join(change.holds),
        seen(change.old),
        seen(change.new),
        change.path,
    )
