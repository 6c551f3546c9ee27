"""annex.xlsx: the annex as a workbook, with the evidence of every row beside it."""

from __future__ import annotations

from io import BytesIO
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from annexgen.annex.columns import COLUMN_GROUPS
from annexgen.annex.model import Cell, Status
from annexgen.render import excel_sheets
from annexgen.render.changes import changes_of, in_words
from annexgen.render.excel_cells import link, put, register_styles, span, status_style
from annexgen.render.excel_changes import COLUMN, has_gone, mark, write_gone
from annexgen.render.excel_changes import WIDTH as CHANGE_WIDTH
from annexgen.render.excel_contents import Contents
from annexgen.render.excel_heights import fit
from annexgen.render.excel_keys import CONFIRM, header_key, named_rows, write_records
from annexgen.render.excel_paper import print_setup, width_of
from annexgen.render.excel_private import private_rows, write_private
from annexgen.render.excel_tools import Choices, add_filter
from annexgen.render.packages import without_dates
from annexgen.render.texts import References, corpus_counts, leads_to, product_title, section_label
from annexgen.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.changed_rows import ChangedRow, ChangedRows
    from annexgen.annex.model import Annex, Row, Table
    from annexgen.render.excel_sheets import Sheet

EVIDENCE = (
    "Carriers",
    "Present",
    "Partial",
    "With value",
    "Empty",
    "Series",
    "Studies",
    "Patients",
    "Devices",
    "Weak",
    "Example",
    "Path",
    "Reasons",
)
_COLUMNS_ROW = 2
"""The row that names the columns of all tables of a sheet, where they are the same."""
_EVIDENCE_WIDTHS = (8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 14, 34, 50)
# Units of width that a letter of a title takes.
_TITLE_LETTER = 1.7
_LAST_FOR_LINK = 8


class ExcelRenderer:
    """Writes annex.xlsx."""

    name = "xlsx"
    file_name = "annex.xlsx"

    def __init__(self, changes: ChangedRows | None = None) -> None:
        self._changes = changes

    def render(self, annex: Annex, folder: Path) -> Path:
        """See `annexgen.render.base.Renderer.render`."""
        path = folder / self.file_name
        write_whole(path, workbook(annex, self._changes))
        return path


def workbook(annex: Annex, changes: ChangedRows | None = None) -> bytes:
    """The workbook's bytes; `changes` are marked, where given."""
    from openpyxl import Workbook

    book = Workbook()
    register_styles(book)
    _Writer(annex, book, changes).write()
    book.properties.creator = "annexgen"
    book.properties.title = f"Draft annexes: {product_title(annex)}"
    buffer = BytesIO()
    book.save(buffer)
    return without_dates(buffer.getvalue())


class _Writer:
    """Writes the sheets; all places are known before the first cell is written, so links can point ahead."""

    def __init__(self, annex: Annex, book: Workbook, changes: ChangedRows | None) -> None:
        self.annex = annex
        self.changes = changes
        marked = (COLUMN,) if changes is not None else ()
        self.beside = (*marked, *EVIDENCE)
        self.beside_widths = (*((CHANGE_WIDTH,) if marked else ()), *_EVIDENCE_WIDTHS)
        self.book = book
        self.references = References(annex)
        self.sheets = excel_sheets.sheets(annex)
        self.places: dict[str, tuple[str, int]] = {}
        self.filters = 0
        self.widths: list[int] = []
        self.title = f"Draft annexes: {product_title(annex)}"
        self.names, self.kept = named_rows(annex)
        for sheet in self.sheets:
            for identifier, row in _caption_rows(sheet).items():
                self.places[identifier] = (sheet.name, row)

    def write(self) -> None:
        contents = self.book.worksheets[0]
        contents.title = excel_sheets.CONTENTS
        Contents(self.annex, self.places, contents, self.changes).write()
        for sheet in self.sheets:
            self.table_sheet(self.book.create_sheet(sheet.name), sheet)
        if private_rows(self.annex):
            private = self.book.create_sheet(excel_sheets.PRIVATE)
            write_private(self.annex, self.places, self.names, self.changes, private)
            self.top_line(private, excel_sheets.PRIVATE)
        if self.changes is not None and has_gone(self.changes):
            gone = self.book.create_sheet(excel_sheets.GONE)
            write_gone(self.annex, self.changes, gone)
            self.top_line(gone, excel_sheets.GONE)
            print_setup(gone, self.title, 3)
        self.findings(self.book.create_sheet(excel_sheets.FINDINGS))
        self.corpus(self.book.create_sheet(excel_sheets.CORPUS))
        write_records(self.book, self.kept)

    def table_sheet(self, target: Worksheet, sheet: Sheet) -> None:
        from openpyxl.utils import get_column_letter

        evidence_column = max(len(table.columns) for table in sheet.tables) + 2
        self.widths = _set_widths(target, sheet, evidence_column, self.beside_widths)
        self.top_line(target, sheet.name)
        places = _caption_rows(sheet)
        choices = Choices(target)
        for section, tables in sheet.parts:
            row = places[tables[0].id] - 1
            put(target, row, 1, f"{section_label(section.id)} {section.title}", "annex section")
            target.row_dimensions[row].height = 22
            for table in tables:
                self.table(target, table, places[table.id], evidence_column)
                first = places[table.id] + _header_lines(table) + 1
                choices.offer(table, first)
                choices.offer_confirmation(first, len(table.rows), evidence_column - 1)
        kept = self.kept_rows(target, sheet, places)
        target.freeze_panes = f"B{kept + 1}"
        # On paper the evidence would leave no room for the tables.
        target.print_area = f"A1:{get_column_letter(evidence_column - 2)}{target.max_row}"
        print_setup(target, self.title, kept)

    def kept_rows(self, target: Worksheet, sheet: Sheet, places: dict[str, int]) -> int:
        """How many rows stay in sight, and stand on every printed page; they name the columns where all tables have the same."""
        if not sheet.columns:
            return 1
        if len(sheet.tables) == 1:
            return places[sheet.tables[0].id] + _header_lines(sheet.tables[0])
        for position, column in enumerate(sheet.columns, 1):
            put(target, _COLUMNS_ROW, position, column, "annex header")
        fit(target, _COLUMNS_ROW, zip(sheet.columns, self.widths, strict=True), bold=True)
        return _COLUMNS_ROW

    def top_line(self, target: Worksheet, title: str) -> None:
        from openpyxl.utils import get_column_letter

        put(target, 1, 1, title, "annex title")
        target.row_dimensions[1].height = 28
        # The link stands beyond the title, which runs on over the columns to its right.
        column, room = 2, target.column_dimensions["A"].width
        while room < _TITLE_LETTER * len(title) and column < _LAST_FOR_LINK:
            room += target.column_dimensions[get_column_letter(column)].width
            column += 1
        link(put(target, 1, column, excel_sheets.CONTENTS, "annex link"), excel_sheets.CONTENTS, "A1")

    def table(self, target: Worksheet, table: Table, row: int, evidence_column: int) -> None:
        put(target, row, 1, f"Table {table.id}. {table.title}", "annex caption")
        target.row_dimensions[row].height = 20
        row = self.header(target, table, row + 1, evidence_column)
        if table.rows and not any(line.heading for line in table.rows):
            self.filters += 1
            width = evidence_column + len(self.beside)
            add_filter(target, f"rows_{self.filters}", row - 1, len(table.rows), width)
        found = changes_of(self.changes, table.id)
        for position, line in enumerate(table.rows):
            if line.heading:
                span(target, row, 1, len(table.columns), line.cells[table.columns[0]].text, "annex heading")
            else:
                changed = found.rows.get(position) if found is not None else None
                self.row(target, line, table, row, evidence_column, changed)
            row += 1
        for note in table.notes:
            span(target, row, 1, len(table.columns), note, "annex muted")
            fit(target, row, [(note, sum(self.widths[: len(table.columns)]))])
            row += 1

    def header(self, target: Worksheet, table: Table, row: int, evidence_column: int) -> int:
        """Write the one or two lines of the header; returns the row below it."""
        groups = _groups(table)
        column = 1
        for title, width in groups:
            span(target, row, column, width, title, "annex header")
            column += width
        if groups:
            ends = list(accumulate((width for _, width in groups), initial=0))
            rooms = [sum(self.widths[start:end]) for start, end in pairwise(ends)]
            fit(target, row, zip((title for title, _ in groups), rooms, strict=True), bold=True)
            row += 1
        for position, title in enumerate(table.columns, 1):
            put(target, row, position, title, "annex header")
        fit(target, row, zip(table.columns, self.widths, strict=False), bold=True)
        # A table that can be filtered needs a different name for each of its columns, empty ones too.
        for position in range(len(table.columns) + 1, evidence_column - 1):
            put(target, row, position, f"·{position}", "annex gap")
        put(target, row, evidence_column - 1, CONFIRM, "annex evidence header")
        for position, title in enumerate(self.beside, evidence_column):
            put(target, row, position, title, "annex evidence header")
        put(target, row, evidence_column + len(self.beside), header_key(table.kind), "annex evidence")
        return row + 1

    def row(
        self,
        target: Worksheet,
        row: Row,
        table: Table,
        number: int,
        evidence_column: int,
        changed: ChangedRow | None,
    ) -> None:
        for position, column in enumerate(table.columns, 1):
            cell = row.cells.get(column, Cell())
            written = put(target, number, position, cell.text, status_style(cell.status))
            mark(written, cell.status, changed, column, first=position == 1)
            target_table = leads_to(table, row, column)
            self.refer(f"Table {target_table}" if target_table else cell.text, written)
        told = [in_words(changed, table)] if self.changes is not None else []
        for position, value in enumerate((*told, *_evidence(row, table)), evidence_column):
            style = "annex weak" if value == "weak" else "annex evidence"
            put(target, number, position, value, style)
        name = self.names.get((table.id, id(row)))
        if name:
            put(target, number, evidence_column - 1, "", "annex plain")
            put(target, number, evidence_column + len(self.beside), name, "annex evidence")
        texts = [(row.cells.get(c, Cell()).text, self.widths[n]) for n, c in enumerate(table.columns)]
        fit(target, number, [*texts, *((text, CHANGE_WIDTH) for text in told)])

    def refer(self, text: str, cell: object) -> None:
        """Link the cell to the first table that its text names."""
        from openpyxl.cell import Cell as ExcelCell
        from openpyxl.styles import Font

        if "Table " not in text or not isinstance(cell, ExcelCell):
            return
        for piece in self.references.split(text):
            if piece.kind == "table":
                sheet, row = self.places[piece.target]
                link(cell, sheet, f"A{row}")
                cell.font = Font("Calibri", 10, color="0B5CAD", underline="single")
                return

    def findings(self, target: Worksheet) -> None:
        widths = (11, 28, 28, 34, 9, 70, 15)
        for letter, width in zip("ABCDEFG", widths, strict=True):
            target.column_dimensions[letter].width = width
        self.top_line(target, excel_sheets.FINDINGS)
        header = ("Severity", "Code", "SOP Class", "Path", "Count", "Message", "Example")
        names = self.annex.sop_class_names
        rows = [
            (
                finding.severity,
                finding.code,
                names.get(finding.sop_class, finding.sop_class),
                finding.path,
                finding.count or "",
                finding.message,
                finding.example,
            )
            for finding in self.annex.findings
        ]
        styles = {"error": "annex error", "warning": status_style(Status.PROPOSED), "note": "annex note"}
        _listing(target, 3, header, rows)
        for number, finding in enumerate(self.annex.findings, 4):
            put(target, number, 1, finding.severity, styles.get(finding.severity, "annex plain"))
            self.refer(finding.message, target.cell(number, 6))
        for number, line in enumerate(rows, 4):
            fit(target, number, zip(map(str, line), widths, strict=True))
        target.auto_filter.ref = f"A3:G{max(4, 3 + len(rows))}"
        target.freeze_panes = "A4"
        print_setup(target, self.title, 3)

    def corpus(self, target: Worksheet) -> None:
        corpus = self.annex.corpus
        for letter, width in zip("ABCD", (30, 50, 30, 12), strict=True):
            target.column_dimensions[letter].width = width
        self.top_line(target, excel_sheets.CORPUS)
        put(target, 2, 1, corpus_counts(self.annex), "annex text")
        devices = [(d.manufacturer, d.model, d.versions, d.instances) for d in corpus.devices]
        header = ("Manufacturer", "Manufacturer's Model Name", "Software Versions", "Instances")
        row = _listing(target, 4, header, devices)
        _listing(target, row + 1, ("Skipped file", "Reason"), [(s.file, s.reason) for s in corpus.skipped])
        target.freeze_panes = "A2"
        print_setup(target, self.title, 1)


def _groups(table: Table) -> tuple[tuple[str, int], ...]:
    """The upper line of the header, where the kind has one and it fits the table's columns."""
    groups = COLUMN_GROUPS.get(table.kind, ())
    return groups if sum(width for _, width in groups) == len(table.columns) else ()


def _header_lines(table: Table) -> int:
    return 1 + bool(_groups(table))


def _caption_rows(sheet: Sheet) -> dict[str, int]:
    """The row of every table's caption; the line of the section stands above the first of its tables."""
    rows: dict[str, int] = {}
    row = 3
    for _, tables in sheet.parts:
        row += 1
        for table in tables:
            rows[table.id] = row
            row += 2 + _header_lines(table) + len(table.rows) + len(table.notes)
        row += 1
    return rows


def _set_widths(target: Worksheet, sheet: Sheet, evidence_column: int, beside: Sequence[int]) -> list[int]:
    """Set the widths of all columns; returns those of the tables' own."""
    from openpyxl.utils import get_column_letter

    widths = []
    for position in range(evidence_column - 2):
        wanted = [width_of(table.columns[position]) for table in sheet.tables if position < len(table.columns)]
        widths.append(max(wanted))
        target.column_dimensions[get_column_letter(position + 1)].width = widths[-1]
    target.column_dimensions[get_column_letter(evidence_column - 1)].width = 10
    for position, width in enumerate(beside, evidence_column):
        column = target.column_dimensions[get_column_letter(position)]
        column.width = width
        column.outlineLevel = 1
    target.column_dimensions[get_column_letter(evidence_column + len(beside))].hidden = True
    return widths


def _evidence(row: Row, table: Table) -> Sequence[str | int]:
    reasons = "\n".join(
        f"{column}: {row.cells[column].reason}"
        for column in table.columns
        if column in row.cells and row.cells[column].reason
    )
    evidence = row.evidence
    if evidence is None:
        return [""] * (len(EVIDENCE) - 2) + [row.path, reasons]
    return (
        evidence.carriers,
        evidence.present,
        evidence.partial,
        evidence.with_value,
        evidence.empty,
        evidence.series,
        evidence.studies,
        evidence.patients,
        evidence.devices,
        "weak" if evidence.weak else "",
        evidence.example,
        row.path,
        reasons,
    )


def _listing(target: Worksheet, row: int, header: Sequence[str], lines: Sequence[Sequence[str | int]]) -> int:
    """A plain list with a header; returns the row below it."""
    for position, title in enumerate(header, 1):
        put(target, row, position, title, "annex header")
    for line in lines:
        row += 1
        for position, value in enumerate(line, 1):
            put(target, row, position, value, "annex plain")
    return row + 1
