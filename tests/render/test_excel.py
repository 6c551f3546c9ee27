"""annex.xlsx: every cell with its status, texts that stay texts, links that lead somewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from sample_annex import NASTY, rich_annex

from annexgen.annex.model import Annex, Cell, Row, Section, Status, Table
from annexgen.annex.numbering import number
from annexgen.render import excel_sheets
from annexgen.render.excel import EVIDENCE, workbook
from annexgen.render.excel_cells import CUT, MAX_TEXT, safe
from annexgen.render.texts import VALUES_WARNING

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


@pytest.fixture(scope="module")
def data(annex: Annex) -> bytes:
    return workbook(annex)


@pytest.fixture(scope="module")
def book(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def place(book: Workbook, table: Table) -> tuple[Worksheet, int]:
    """The sheet of a table and the row of the last line of its header."""
    for sheet in book.worksheets[1:]:
        for row in range(1, sheet.max_row + 1):
            if sheet.cell(row, 1).value == safe(f"Table {table.id}. {table.title}"):
                groups = table.kind in ("sop_classes", "root_templates", "sr_measurements")
                return sheet, row + 1 + groups
    raise AssertionError(f"Table {table.id} is on no sheet")


def test_every_cell_is_there_with_its_status(annex: Annex, book: Workbook) -> None:
    for table in annex.tables:
        sheet, header = place(book, table)
        assert [sheet.cell(header, n).value for n in range(1, len(table.columns) + 1)] == list(table.columns)
        for number_, row in enumerate(table.rows, header + 1):
            for position, column in enumerate(table.columns, 1):
                written, cell = sheet.cell(number_, position), row.cells[column]
                assert (written.value or "") == safe(cell.text)
                if not row.heading:
                    assert written.style == f"annex {cell.status}"


def test_the_statuses_look_different(annex: Annex, book: Workbook) -> None:
    looks = {}
    for table in annex.tables:
        sheet, header = place(book, table)
        for number_, row in enumerate(table.rows, header + 1):
            for position, column in enumerate(table.columns, 1):
                written = sheet.cell(number_, position)
                if not row.heading and not written.hyperlink:
                    fill = written.fill
                    looks.setdefault(row.cells[column].status, set()).add(
                        (fill.patternType, fill.start_color.rgb, written.font.color.rgb)
                    )
    assert set(looks) == set(Status)
    assert all(len(look) == 1 for look in looks.values())
    assert len(set.union(*looks.values())) == len(Status)


def test_evidence_stands_in_columns_of_its_own(annex: Annex, book: Workbook) -> None:
    table = annex.table("patient")
    sheet, header = place(book, table)
    column = next(n for n in range(1, 40) if sheet.cell(header, n).value == EVIDENCE[0])
    assert [sheet.cell(header, column + n).value for n in range(len(EVIDENCE))] == list(EVIDENCE)
    values = [sheet.cell(header + 6, column + n).value for n in range(len(EVIDENCE))]
    assert values[:12] == [448, 3, 0, 0, 3, 1, 1, 1, 1, "weak", "f3a91c07be", "(0008,1120)"]
    assert sheet.cell(header + 1, column + 12).value == (
        "Source: Every value differs and follows no source instance of the corpus.\n"
        "Conditions: Holds in 398 of 398 instances."
    )


def test_nothing_is_a_formula(book: Workbook) -> None:
    active = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), (sheet.title, cell.coordinate)
                if isinstance(cell.value, str) and cell.value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\n")):
                    active += 1
                    assert cell.quotePrefix
    assert active >= 6


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\uff201"])
def test_a_text_that_would_be_a_formula_stays_a_text(text: str) -> None:
    rows = (Row({"Value": Cell(text)}), Row({"Value": Cell(f"A{text}")}))
    table = Table("t", "module", "T", ("Value",), rows)
    annex = number(
        replace(rich_annex(), tables=(table,), sections=(Section("N.9.2", "S", tables=("t",)),), findings=())
    )
    book = load_workbook(BytesIO(workbook(annex)))
    sheet, header = place(book, annex.tables[0])
    active, plain = (sheet.cell(header + n, 1) for n in (1, 2))
    assert (active.value, active.data_type, active.quotePrefix) == (safe(text), "s", True)
    assert (plain.data_type, plain.quotePrefix) == ("s", False)


def test_texts_are_cut_at_the_limit_and_say_so() -> None:
    assert safe(NASTY["longest"]).endswith(CUT)
    assert len(safe(NASTY["longest"])) == MAX_TEXT
    wide = safe("\U0001f600" * 20_000)
    assert len(wide.encode("utf-16-le")) // 2 <= MAX_TEXT
    assert wide.endswith(CUT)
    assert safe("x" * MAX_TEXT) == "x" * MAX_TEXT
    assert safe("_x0041_ _x_") == "_x005F_x0041_ _x_"


@pytest.mark.parametrize("scheme", ["template", "published"])
def test_every_link_leads_to_its_table(scheme: str) -> None:
    annex = number(rich_annex(), scheme)
    book = load_workbook(BytesIO(workbook(annex)))
    titles = {f"Table {table.id}": f"Table {table.id}. {table.title}" for table in annex.tables}
    seen = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is None:
                    continue
                assert cell.hyperlink.target is None
                name, target = re.fullmatch(r"'(.*)'!(\w+)", cell.hyperlink.location).groups()
                reached = book[name][target].value
                named = re.search(r"Table ((?:N\.\d+|[A-E]|\d+)-\d+)", cell.value)
                if named:
                    assert reached == titles[named.group()]
                    seen.add(named.group())
                else:
                    assert cell.value in (name, excel_sheets.CONTENTS, "1500")
    assert seen == set(titles)


def test_rows_are_high_enough_for_their_texts(annex: Annex, book: Workbook) -> None:
    seen = 0
    for table in annex.tables:
        sheet, header = place(book, table)
        for number_ in range(header + 1, header + 1 + len(table.rows)):
            if table.rows[number_ - header - 1].heading:
                continue
            height = sheet.row_dimensions[number_].height
            for position in range(1, len(table.columns) + 1):
                text = str(sheet.cell(number_, position).value or "")
                width = sheet.column_dimensions[get_column_letter(position)].width
                least = min(max(-(-len(line) // int(width * 1.4)) for line in text.split("\n")), 12)
                assert height >= 12.5 * least, (sheet.title, number_, text)
                seen += least > 2
    assert seen > 3


def test_heights_are_not_called_the_user_s_own(data: bytes) -> None:
    with ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet3.xml").decode()
    heights = re.findall(r'<row r="(\d+)"([^>]*)>', sheet)
    own = [int(number_) for number_, more in heights if "customHeight" in more]
    assert 1 in own
    assert len([1 for _, more in heights if "ht=" in more and "customHeight" not in more]) > len(own)


def test_the_link_to_the_contents_leaves_the_title_whole(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        if sheet.sheet_state == "visible":
            (position,) = [n for n in range(2, 12) if sheet.cell(1, n).value == excel_sheets.CONTENTS]
            room = sum(sheet.column_dimensions[get_column_letter(n)].width for n in range(1, position))
            assert room >= 1.6 * len(str(sheet.cell(1, 1).value)) or position == 8


def test_two_line_headers_are_merged(annex: Annex, book: Workbook) -> None:
    sheet, header = place(book, annex.table("sop classes"))
    assert sheet.cell(header - 1, 1).value == "SOP Classes"
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert f"A{header - 1}:B{header - 1}" in merged
    assert f"K{header - 1}:N{header - 1}" in merged


def test_sheets_are_frozen_and_named(book: Workbook) -> None:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    names = [sheet.title for sheet in visible]
    overview = ["Contents", "N.1 Overview", "N.1 Overview encoding"]
    assert names[:6] == [*overview, "Common modules", "Common macros", "Common private"]
    assert "N.10 TID 1500" in names
    assert names[-2:] == ["Findings", "Corpus"]
    assert all(sheet.freeze_panes for sheet in visible[1:])


def test_names_of_sheets_are_unique_and_short() -> None:
    title = "Multi-frame True Color Secondary Capture: [Image] / IOD?"
    sections = [Section("N.9", "IODs")]
    sections += [Section(f"N.9.{n}", title.upper() if n % 2 else title, tables=(f"t{n}",)) for n in range(2, 15)]
    sections += [Section("N.9.20", "Contents", tables=("t20",)), Section("N.9.21", "'::'", tables=("t21",))]
    keys = [key for section in sections for key in section.tables]
    tables = tuple(Table(key, "iod", key, ("A",), (Row({"A": Cell("x")}),)) for key in keys)
    names = [
        s.name
        for s in excel_sheets.sheets(
            number(replace(rich_annex(), sections=tuple(sections), tables=tables, findings=()))
        )
    ]
    assert len(names) == len(keys) == len({name.lower() for name in names})
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert "Contents" not in names


def test_the_same_annex_gives_the_same_bytes(annex: Annex, data: bytes) -> None:
    assert workbook(annex) == data
    with ZipFile(BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in everything
    assert b"\x02" not in everything


def test_the_warning_stands_on_the_first_sheet(book: Workbook) -> None:
    def texts(workbook_: Workbook) -> set[object]:
        return {cell.value for row in workbook_.worksheets[0].iter_rows() for cell in row}

    assert VALUES_WARNING not in texts(book)
    assert VALUES_WARNING in texts(load_workbook(BytesIO(workbook(number(rich_annex("all"))))))


def test_findings_and_skipped_files_are_listed(annex: Annex, book: Workbook) -> None:
    findings = book["Findings"]
    assert [findings.cell(4, n).value for n in range(1, 8)] == [
        "error",
        "PRIVATE_WITHOUT_CREATOR",
        "CT Image Storage",
        '(0029,xx01,"?")',
        12,
        "A private element has no Private Creator.",
        "f3a91c07be",
    ]
    assert findings.max_row == 3 + len(annex.findings)
    values = {cell.value for row in book["Corpus"].iter_rows() for cell in row}
    assert {"0badc0ffee", "cut off | after 132 bytes", "VA20B | <b>", 400} <= values
