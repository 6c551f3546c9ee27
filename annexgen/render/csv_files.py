"""CSV: one file for each table, and an index of them, for pandas, spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from annexgen.annex.model import Cell
from annexgen.render.texts import VALUES_WARNING, printable
from annexgen.whole_files import write_whole, write_whole_text

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex, Row, Table

INDEX = "tables.csv"
WARNING = "WARNING.txt"
"""Written beside the tables when these may hold identifying values: a table has no place for such a sentence."""
INDEX_COLUMNS = ("Table", "File", "Kind", "Title", "Rows", "SOP Classes")
EVIDENCE_COLUMNS = ("Instances", "Present", "Partial", "With Value", "Empty", "Series", "Studies", "Patients", "Weak")
ROW_COLUMNS = ("Path", "Status", *EVIDENCE_COLUMNS)
"""What follows the columns of a table: its row's path, the status of each cell that is not observed, the counts."""

# Blanks before them are ignored by some programs, and the full-width forms are taken for them in East Asian ones.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


class CsvRenderer:
    """Writes the folder annex_csv."""

    name = "csv"
    file_name = "annex_csv"

    def render(self, annex: Annex, folder: Path) -> Path:
        """See `annexgen.render.base.Renderer.render`; tables of an earlier run are removed, other files stay."""
        target = folder / self.file_name
        target.mkdir(exist_ok=True)
        if annex.corpus.values == "all":
            write_whole_text(target / WARNING, f"{VALUES_WARNING}\n")
        _write(target / INDEX, [INDEX_COLUMNS, *(_entry(table) for table in annex.tables)])
        for table in annex.tables:
            _write(target / _file(table), [(*table.columns, *ROW_COLUMNS), *(_row(table, r) for r in table.rows)])
        written = {_file(table) for table in annex.tables} | ({WARNING} if annex.corpus.values == "all" else set())
        for earlier in (*target.glob("table_*.csv"), *target.glob(WARNING)):
            if earlier.name not in written:
                earlier.unlink()
        return target


def _file(table: Table) -> str:
    return f"table_{table.id}.csv"


def _entry(table: Table) -> tuple[str, ...]:
    rows = sum(not row.heading for row in table.rows)
    return (table.id, _file(table), table.kind, table.title, str(rows), " ".join(table.sop_classes))


def _row(table: Table, row: Row) -> tuple[str, ...]:
    cells = [row.cells.get(column, Cell()) for column in table.columns]
    statuses = "; ".join(
        f"{column}: {cell.status}"
        for column, cell in zip(table.columns, cells, strict=True)
        if cell.status != "observed" and not row.heading
    )
    evidence = row.evidence
    counts: tuple[str, ...] = ("",) * len(EVIDENCE_COLUMNS)
    if evidence is not None:
        numbers = (evidence.carriers, evidence.present, evidence.partial, evidence.with_value, evidence.empty)
        origins = (evidence.series, evidence.studies, evidence.patients)
        counts = (*map(str, (*numbers, *origins)), "Y" if evidence.weak else "N")
    return (*(cell.text for cell in cells), row.path, statuses, *counts)


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    """Write one file as spreadsheets expect it: UTF-8 with a mark, lines ended by CR LF (RFC 4180)."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([_harmless(text) for text in row] for row in rows)
    write_whole(path, file.getvalue().encode("utf-8-sig"))


def _harmless(text: str) -> str:
    """The text; where a spreadsheet would take it for a formula, after an apostrophe."""
    text = printable(text)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
