"""Filters, drop-downs and the sheet of private attributes in annex.xlsx, read by openpyxl and by LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from annexgen.annex.columns import VOCABULARY
from annexgen.render.excel import EVIDENCE, workbook
from annexgen.render.excel_cells import safe
from annexgen.render.excel_keys import CONFIRM
from annexgen.render.excel_private import COLUMNS, HEADER_ROW
from annexgen.render.excel_sheets import PRIVATE
from annexgen.render.facts import is_private

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.model import Annex


@pytest.fixture(scope="module")
def book(annex: Annex) -> Workbook:
    return load_workbook(BytesIO(workbook(annex)))


def test_every_table_without_captions_inside_filters_on_its_own(annex: Annex, book: Workbook) -> None:
    filters = [(sheet, table) for sheet in book.worksheets for table in sheet.tables.values()]
    expected = [t for t in annex.tables if t.rows and not any(row.heading for row in t.rows)]
    assert len(filters) == len(expected)
    assert len({table.displayName for _, table in filters}) == len(filters)
    for (sheet, found), table in zip(filters, expected, strict=True):
        left, top, right, bottom = range_boundaries(found.ref)
        header = [sheet.cell(top, column).value for column in range(left, right + 1)]
        assert header[: len(table.columns)] == list(table.columns)
        start = header.index(CONFIRM)
        assert header[start + 1 : start + 1 + len(EVIDENCE)] == list(EVIDENCE)
        assert header == [column.name for column in found.tableColumns]
        assert len({title.lower() for title in header}) == len(header)
        assert bottom - top == len(table.rows)
        assert not [area for area in sheet.merged_cells.ranges if top <= area.min_row <= bottom]


def test_every_cell_of_a_column_with_a_vocabulary_offers_it(annex: Annex, book: Workbook) -> None:
    offered = {
        (sheet.title, cell): validation.formula1.strip('"').split(",")
        for sheet in book.worksheets
        for validation in sheet.data_validations.dataValidation
        for area in validation.sqref.ranges
        for row in area.rows
        for cell in row
    }
    expected = 0
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            left, top, _, bottom = range_boundaries(table.ref)
            for position, column in enumerate(table.tableColumns, left):
                if column.name in VOCABULARY:
                    for row in range(top + 1, bottom + 1):
                        assert offered[sheet.title, (row, position)] == list(VOCABULARY[column.name])
                        expected += 1
    assert expected > 20


def test_the_private_sheet_lists_every_private_row_once(annex: Annex, book: Workbook) -> None:
    sheet = book[PRIVATE]
    header, *rows = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
    assert header[: len(COLUMNS)] == COLUMNS
    expected = [(f"Table {t.id}", safe(row.path)) for t in annex.tables for row in t.rows if is_private(row)]
    assert [(row[0], row[len(COLUMNS) - 1]) for row in rows] == expected
    assert expected
    assert sheet.auto_filter.ref.startswith(f"A{HEADER_ROW}:")


def short(cell: object) -> object:
    """The cell, a text near Excel's limit only in its beginning: LibreOffice counts its length in another way."""
    return cell[:1000] if isinstance(cell, str) else cell or ""


def links_of(sheet: Worksheet) -> dict[str, str]:
    """Where the links of a sheet lead; LibreOffice leaves quotes out where a name needs none."""
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None)
    return {cell.coordinate: (cell.hyperlink.location or "").replace("'", "") for cell in cells}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_it(annex: Annex, tmp_path: Path) -> None:
    (tmp_path / "annex.xlsx").write_bytes(workbook(annex))
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(tmp_path / "out"), str(tmp_path / "annex.xlsx")], check=True, capture_output=True)
    read = load_workbook(tmp_path / "out" / "annex.xlsx")
    written = load_workbook(tmp_path / "annex.xlsx")
    assert read.sheetnames == written.sheetnames
    links = 0
    for sheet in written.worksheets:
        texts = [[short(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        again = [[short(cell) for cell in row] for row in read[sheet.title].iter_rows(values_only=True)]
        assert [row[: len(texts[0])] for row in again[: len(texts)]] == texts
        assert not [cell.coordinate for row in read[sheet.title].iter_rows() for cell in row if cell.data_type == "f"]
        assert links_of(read[sheet.title]) == links_of(sheet)
        links += len(links_of(sheet))
        choices = sum(len(v.sqref.ranges) > 0 for v in sheet.data_validations.dataValidation)
        assert sum(len(v.sqref.ranges) > 0 for v in read[sheet.title].data_validations.dataValidation) >= choices
    assert links > len(annex.tables)
