"""The first sheet of the workbook: what it is, the legend, and every section and table with a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.model import Status
from annexgen.render import excel_sheets
from annexgen.render.excel_cells import link, put, span, status_style
from annexgen.render.excel_changes import has_gone, legend_lines
from annexgen.render.excel_heights import fit
from annexgen.render.excel_paper import print_setup
from annexgen.render.excel_private import private_rows
from annexgen.render.texts import (
    DRAFT,
    STATUS_LEGEND,
    VALUES_WARNING,
    WEAK,
    corpus_counts,
    depth,
    product_title,
    section_label,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex, Section, Table


WIDTHS = (16, 74, 10, 10, 12, 12, 10)


class Contents:
    """Writes the first sheet; `places` says on which sheet and in which row each table begins, `changes` what marks of changes mean."""

    def __init__(
        self, annex: Annex, places: dict[str, tuple[str, int]], target: Worksheet, changes: ChangedRows | None = None
    ) -> None:
        self.annex = annex
        self.changes = changes
        self.places = places
        self.target = target

    def write(self) -> None:
        annex, target = self.annex, self.target
        for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
            target.column_dimensions[letter].width = width
        put(target, 1, 1, f"Draft annexes: {product_title(annex)}", "annex title")
        target.row_dimensions[1].height = 30
        span(target, 2, 1, 7, DRAFT, "annex text")
        row = 3
        if annex.corpus.values == "all":
            span(target, row, 1, 7, VALUES_WARNING, "annex warning")
            target.row_dimensions[row].height = 30
            row += 1
        for name, value in (
            ("Product", product_title(annex)),
            ("Corpus", corpus_counts(annex)),
            ("Standard", f"DICOM {annex.edition}" if annex.edition else ""),
            ("Written by", annex.generator),
        ):
            put(target, row, 1, name, "annex muted")
            put(target, row, 2, value, "annex text")
            fit(target, row, [(value, WIDTHS[1])])
            row += 1
        row = self.legend(row + 1)
        self.contents(row + 1)
        print_setup(target, f"Draft annexes: {product_title(annex)}")

    def legend(self, row: int) -> int:
        put(self.target, row, 1, "Legend", "annex section")
        for status in Status:
            row += 1
            put(self.target, row, 1, str(status), status_style(status))
            put(self.target, row, 2, STATUS_LEGEND[status], "annex text")
        row += 1
        put(self.target, row, 1, "weak", "annex weak")
        put(self.target, row, 2, WEAK, "annex text")
        for name, text, style in legend_lines(self.changes):
            row += 1
            put(self.target, row, 1, name, style)
            put(self.target, row, 2, text, "annex text")
            fit(self.target, row, [(text, WIDTHS[1])])
        return row + 1

    def contents(self, row: int) -> None:
        target = self.target
        put(target, row, 1, "Contents", "annex section")
        row += 1
        for position, title in enumerate(("Table", "Title", "Rows", "Weak", "Proposed", "Unknown", ""), 1):
            if title:
                put(target, row, position, title, "annex header")
        for section in self.annex.sections:
            row += 1
            self.section(section, row)
            for identifier in section.tables:
                row += 1
                self.table(self.annex.table(identifier), row)
        row += 2
        private = (excel_sheets.PRIVATE,) if private_rows(self.annex) else ()
        gone = (excel_sheets.GONE,) if has_gone(self.changes) else ()
        for name in (*private, *gone, excel_sheets.FINDINGS, excel_sheets.CORPUS):
            link(put(target, row, 1, name, "annex link"), name, "A1")
            row += 1

    def section(self, section: Section, row: int) -> None:
        style = "annex caption" if depth(section) <= 2 else "annex text"
        put(self.target, row, 1, section_label(section.id), style)
        put(self.target, row, 2, section.title, style if section.applicable else "annex muted")

    def table(self, table: Table, row: int) -> None:
        sheet, place = self.places[table.id]
        link(put(self.target, row, 1, f"Table {table.id}", "annex link"), sheet, f"A{place}")
        put(self.target, row, 2, table.title, "annex text")
        fit(self.target, row, [(table.title, WIDTHS[1])])
        cells = [cell.status for line in table.rows if not line.heading for cell in line.cells.values()]
        counts = (
            sum(not line.heading for line in table.rows),
            sum(line.evidence is not None and line.evidence.weak for line in table.rows),
            cells.count(Status.PROPOSED),
            cells.count(Status.UNKNOWN),
        )
        for position, count in enumerate(counts, 3):
            put(self.target, row, position, count, "annex text")
