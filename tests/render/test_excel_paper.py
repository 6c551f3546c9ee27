"""The workbook on paper: one page across, type that can be read, columns named on every page, nothing cut at the edge."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from annexgen.annex.columns import COLUMNS_OF_KIND
from annexgen.annex.open_questions import open_questions
from annexgen.render import excel_sheets
from annexgen.render.excel import workbook
from annexgen.render.excel_keys import CONFIRM
from annexgen.render.excel_paper import print_setup, scale, width_of
from annexgen.render.excel_questions import questions_workbook

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.model import Annex

SMALLEST_TYPE = 7
"""Points; the cells have 10 before a sheet is scaled to the page."""


@pytest.fixture(scope="module")
def sheets(annex: Annex) -> list[Worksheet]:
    book = load_workbook(BytesIO(workbook(annex)))
    return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]


def printed_columns(sheet: Worksheet) -> int:
    return range_boundaries(sheet.print_area.rpartition("!")[2])[2] if sheet.print_area else sheet.max_column


def widths(sheet: Worksheet) -> list[float]:
    return [sheet.column_dimensions[get_column_letter(n)].width for n in range(1, printed_columns(sheet) + 1)]


def test_every_sheet_can_be_read_on_a4(sheets: list[Worksheet]) -> None:
    for sheet in sheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert 10 * scale(widths(sheet)) >= SMALLEST_TYPE, (sheet.title, sum(widths(sheet)))


@pytest.mark.parametrize("kind", sorted(COLUMNS_OF_KIND))
def test_a_table_of_every_kind_can_be_read_where_it_stands_alone(kind: str) -> None:
    assert 10 * scale([width_of(column) for column in COLUMNS_OF_KIND[kind]]) >= SMALLEST_TYPE


def test_evidence_and_confirmation_are_not_printed(sheets: list[Worksheet]) -> None:
    seen = 0
    for sheet in sheets:
        places = {cell.column for row in sheet.iter_rows() for cell in row if cell.value in (CONFIRM, "Carriers")}
        assert not [column for column in places if column <= printed_columns(sheet)], sheet.title
        seen += bool(places)
    assert seen > 5


def test_pages_repeat_the_columns_of_tables_that_have_the_same(annex: Annex, sheets: list[Worksheet]) -> None:
    named = {sheet.title: sheet for sheet in sheets}
    alike = 0
    for grouped in excel_sheets.sheets(annex):
        sheet = named[grouped.name]
        last = int(sheet.print_title_rows.rpartition("$")[2])
        assert sheet.freeze_panes == f"B{last + 1}"
        line = tuple(sheet.cell(last, n).value for n in range(1, len(grouped.tables[0].columns) + 1))
        assert (line == grouped.tables[0].columns) == (grouped.columns != ()), sheet.title
        alike += len(grouped.tables) > 1 and grouped.columns != ()
    assert alike >= 2
    for title in ("Private attributes", "Findings"):
        assert named[title].print_title_rows == "$1:$3"


def test_tables_with_other_columns_stand_on_other_sheets(annex: Annex) -> None:
    sheets = excel_sheets.sheets(annex)
    kinds = {sheet.name: {table.kind for table in sheet.tables} for sheet in sheets}
    assert all(not {"private_module", "sr_content"} & found or len(found) == 1 for found in kinds.values())
    assert all(found <= {"module", "macro"} for name, found in kinds.items() if name.endswith(" modules"))
    listed = [table.id for sheet in sheets for table in sheet.tables]
    assert sorted(listed) == sorted(table.id for table in annex.tables)


def test_no_caption_is_cut_at_the_edge(annex: Annex, sheets: list[Worksheet]) -> None:
    captions = {f"Table {table.id}. {table.title}"[:60] for table in annex.tables}
    seen = 0
    for sheet in sheets:
        for (cell,) in sheet.iter_rows(max_col=1):
            text = str(cell.value or "")
            if text[:60] in captions:
                assert sum(widths(sheet)) >= len(text), (sheet.title, text)
                seen += 1
    assert seen == len(annex.tables)


def test_a_page_says_below_what_it_belongs_to() -> None:
    sheet = Workbook().worksheets[0]
    print_setup(sheet, "Draft annexes: Black & White 2", 1)
    assert sheet.oddFooter.left.text == "Draft annexes: Black && White 2"
    assert (sheet.oddFooter.center.text, sheet.oddFooter.right.text) == ("&A", "Page &P of &N")


def test_names_of_sheets_are_cut_where_they_stay_telling() -> None:
    names = excel_sheets._Names()
    assert names.unique("X-Ray Radiation Dose SR IOD", "modules") == "X-Ray Radiation Dose SR modules"
    assert names.unique("Key Object Selection Document IOD", "modules") == "Key Object Selection modules"
    first, second = (names.unique(f"Private IOD 1.3.46.670589.11.0.0.12.{n}", "private") for n in (2, 4))
    assert first.endswith("0.12.2 private")
    assert second.endswith("0.12.4 private")
    assert names.unique("Key Object Selection Document IOD", "modules") == "Key Object modules (2)"


def test_open_questions_say_what_to_do_on_one_line(annex: Annex) -> None:
    sheet = load_workbook(BytesIO(questions_workbook(annex, open_questions(annex)[:5]))).worksheets[0]
    assert str(sheet["A2"].value).startswith("Write the answer")
    assert any(area.coord.startswith("A2:") for area in sheet.merged_cells.ranges)
    assert 10 * scale(widths(sheet)) >= SMALLEST_TYPE
    assert sheet.print_title_rows == "$1:$4"
