"""annex_csv: every cell of every table comes back, nothing is taken for a formula, the same annex gives the same bytes."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sample_annex import rich_annex

from annexgen.annex.model import Cell, Row, Table
from annexgen.annex.numbering import number
from annexgen.render.csv_files import INDEX, INDEX_COLUMNS, ROW_COLUMNS, CsvRenderer
from annexgen.render.texts import printable

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_cell_comes_back(annex: Annex, tmp_path: Path) -> None:
    folder = CsvRenderer().render(annex, tmp_path)
    index = read(folder / INDEX)
    assert tuple(index[0]) == INDEX_COLUMNS
    assert [row[0] for row in index[1:]] == [table.id for table in annex.tables]
    for entry, table in zip(index[1:], annex.tables, strict=True):
        header, *rows = read(folder / entry[1])
        assert tuple(header) == (*table.columns, *ROW_COLUMNS)
        assert len(rows) == len(table.rows)
        for found, row in zip(rows, table.rows, strict=True):
            cells = [printable(row.cells.get(column, Cell()).text) for column in table.columns]
            assert [text.removeprefix("'") for text in found[: len(cells)]] == [c.removeprefix("'") for c in cells]
            assert found[len(cells)].removeprefix("'") == printable(row.path)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    texts = ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\r=1", " =1", "\uff1d1", "-5", "+1.5e-3", "[-1 ... 1]")
    table = Table("t", "module", "T", ("Value",), tuple(Row({"Value": Cell(text)}) for text in texts))
    annex = number(rich_annex())
    table = replace(table, id="N.9-1")
    folder = CsvRenderer().render(replace(annex, tables=(table,)), tmp_path)
    values = [row[0] for row in read(folder / "table_N.9-1.csv")[1:]]
    assert values == [
        "'=1+1",
        "'+cmd",
        "'-2+3",
        "'@SUM(A1)",
        "'\tx",
        "'\n=1",
        "' =1",
        "'\uff1d1",
        "-5",
        "+1.5e-3",
        "[-1 ... 1]",
    ]


def test_a_second_run_gives_the_same_bytes_and_removes_old_tables(annex: Annex, tmp_path: Path) -> None:
    folder = CsvRenderer().render(annex, tmp_path)
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    (folder / "table_N.9-999.csv").write_text("old", encoding="utf-8")
    (folder / "mine.txt").write_text("kept", encoding="utf-8")
    CsvRenderer().render(annex, tmp_path)
    second = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert second.pop("mine.txt") == b"kept"
    assert second == first


def test_pandas_reads_it(annex: Annex, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    folder = CsvRenderer().render(annex, tmp_path)
    index = pandas.read_csv(folder / INDEX, dtype=str, keep_default_na=False)
    assert list(index["Rows"].astype(int)) == [sum(not row.heading for row in t.rows) for t in annex.tables]
