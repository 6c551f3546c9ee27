"""Documents of the samples and of real corpora, read back: Word and Excel say what annex.json says, one to one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook
from word_reading import bookmarks, captioned_tables, fields, headings, opened, row_texts
from word_validity import faults

from annexgen.annex.build import build_annex
from annexgen.annex.columns import COLUMN_GROUPS
from annexgen.annex.numbering import number
from annexgen.annex.serialization import to_json
from annexgen.profile.scan import scan
from annexgen.render.excel import workbook
from annexgen.render.excel_cells import safe
from annexgen.render.texts import printable, section_label
from annexgen.render.word import WordOptions, document

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.model import Annex

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
NAMES = (
    "samples",
    "siemens-prismafit-xa30",
    "philips-elitionx-5.7.1.1",
    "ge-signa-architect-dv28",
    "dose-sr-all",
    "dicomdir",
)


@dataclass(frozen=True)
class Written:
    """The annexes of one corpus: annex.json as it is read, and documents; the final one has published numbers."""

    annex: Annex
    json: dict[str, Any]
    published: dict[str, Any]
    draft: bytes
    final: bytes


@pytest.fixture(scope="module", params=NAMES)
def written(request: pytest.FixtureRequest, corpus: Path) -> Written:
    if request.param == "samples":
        folder = corpus
    else:
        folder = CORPORA / request.param
        if not folder.is_dir():
            pytest.skip("the corpora of real instances are not beside the project")
    built = build_annex(scan([folder]))
    annex, published = number(built), number(built, "published")
    return Written(
        annex,
        json.loads(json.dumps(to_json(annex))),
        json.loads(json.dumps(to_json(published))),
        document(annex),
        document(published, WordOptions(final=True)),
    )


def _texts(table: dict[str, Any]) -> list[list[str]]:
    """The cells of a table of annex.json, row by row; a caption inside the table is one cell."""
    return [
        [printable(row["cells"][table["columns"][0]])]
        if row.get("heading")
        else [printable(row["cells"].get(column, "")) for column in table["columns"]]
        for row in table["rows"]
    ]


def _shown(shown: Any, below: list[str], header: int) -> list[list[str]]:
    """The cells of a table of the document below its header, footnotes put back into their cells."""
    notes = {mark: text for mark, _, text in (line.partition(")\t") for line in below)}
    rows = [row_texts(row) for row in shown.rows[header:]]
    return [[notes[m[1]] if (m := re.fullmatch(r"See footnote (\w+)\)", t)) else t for t in row] for row in rows]


@pytest.mark.parametrize("kind", ["draft", "final"])
def test_word_has_the_headings_captions_tables_columns_and_cells_of_annex_json(written: Written, kind: str) -> None:
    stated = written.json if kind == "draft" else written.published
    word = opened(written.draft if kind == "draft" else written.final)
    expected = [f"{section_label(section['id'])} {section['title']}" for section in stated["sections"]]
    assert [text for _, text in headings(word) if text != "Findings"] == expected
    found = captioned_tables(word)
    assert list(found) == [table["id"] for table in stated["tables"]]
    for table in stated["tables"]:
        title, shown, below = found[table["id"]]
        assert title == table["title"]
        groups = COLUMN_GROUPS.get(table["kind"])
        names = [cell.text for cell in shown.rows[1 if groups else 0].cells]
        assert len(names) == len(table["columns"])
        assert all(column.endswith(name) for column, name in zip(table["columns"], names, strict=True))
        assert _shown(shown, below, 2 if groups else 1) == _texts(table)


@pytest.mark.parametrize("kind", ["draft", "final"])
def test_every_reference_in_word_leads_to_what_it_says(written: Written, kind: str) -> None:
    body = opened(written.draft if kind == "draft" else written.final).element.body
    stated = written.json if kind == "draft" else written.published
    named = bookmarks(body)
    references = [(i.split()[1], result) for i, result in fields(body) if i.startswith("REF ")]
    assert {result for _, result in references} <= {f"Table {table['id']}" for table in stated["tables"]}
    assert all(named[name] == result for name, result in references)
    rows = [row for table in stated["tables"] for row in table["rows"] if row.get("reference")]
    assert len(references) >= len(rows)
    anchors = {str(link.get(qn("w:anchor"))) for link in body.iter(qn("w:hyperlink"))}
    assert anchors <= {str(mark.get(qn("w:name"))) for mark in body.iter(qn("w:bookmarkStart"))}
    for instruction, result in fields(body):
        assert instruction.split()[0] in ("REF", "SEQ", "TOC")
        assert result
        assert "Error!" not in result


def test_word_takes_the_documents_as_they_are(written: Written) -> None:
    assert faults(written.draft) == []
    assert faults(written.final) == []


def test_nothing_of_templates_is_left_over(written: Written) -> None:
    values = "\n".join(text for table in written.json["tables"] for row in _texts(table) for text in row)
    for content in (written.draft, written.final):
        with ZipFile(BytesIO(content)) as archive:
            for member in archive.namelist():
                text = re.sub(r"<[^>]*>", "\n", archive.read(member).decode())
                for mark in re.findall(r"\{\{|\}\}|\{%|%\}|\x02|&lt;[A-Za-z]|\[[A-Za-z][a-z]+", text):
                    assert mark.replace("&lt;", "<") in values, (member, mark)


def test_excel_has_the_tables_columns_and_cells_of_annex_json(written: Written) -> None:
    book = load_workbook(BytesIO(workbook(written.annex)))
    captions = {
        str(sheet.cell(row, 1).value): (sheet, row)
        for sheet in book.worksheets[1:]
        for row in range(1, sheet.max_row + 1)
        if str(sheet.cell(row, 1).value).startswith("Table ")
    }
    for table in written.json["tables"]:
        sheet, row = captions[safe(f"Table {table['id']}. {table['title']}")]
        header = row + (2 if table["kind"] in COLUMN_GROUPS else 1)
        width = len(table["columns"])
        assert _values(sheet, header, width) == table["columns"]
        for position, one in enumerate(table["rows"], header + 1):
            texts = [safe(one["cells"].get(column, "")) for column in table["columns"]]
            assert _values(sheet, position, width) == texts


def _values(sheet: Worksheet, row: int, width: int) -> list[str]:
    return [str(sheet.cell(row, column).value or "") for column in range(1, width + 1)]
