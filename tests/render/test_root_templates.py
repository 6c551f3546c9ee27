"""Table N.1-3 leads from each root template to the table of its content, in every format (PS3.2 N.1.1.1)."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from docx.oxml.ns import qn
from openpyxl import load_workbook
from word_reading import captioned_tables, opened

from annexgen.render import markdown
from annexgen.render.excel import workbook
from annexgen.render.html import page
from annexgen.render.word import document
from annexgen.render.word_references import table_bookmark

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Row, Table


def root_template(annex: Annex) -> tuple[Table, Row]:
    table = annex.table("root templates")
    row = next(row for row in table.rows if row.reference)
    assert row.cells["Root TID"].text == "1500"
    return table, row


def test_word(annex: Annex) -> None:
    table, row = root_template(annex)
    shown = captioned_tables(opened(document(annex)))[table.id][1]
    (link,) = shown._tbl.iter(qn("w:hyperlink"))
    assert [text.text for text in link.iter(qn("w:t"))] == ["1500"]
    assert link.get(qn("w:anchor")) == table_bookmark(annex.table(row.reference))


def test_markdown(annex: Annex) -> None:
    _, row = root_template(annex)
    assert f"| [1500](#table-{row.reference.lower().replace('.', '-')}) |" in markdown.document(annex)


def test_html(annex: Annex) -> None:
    _, row = root_template(annex)
    assert re.search(rf'<td[^>]*><a href="#{re.escape(row.reference)}">1500</a></td>', page(annex))


def test_excel(annex: Annex) -> None:
    _, row = root_template(annex)
    book = load_workbook(BytesIO(workbook(annex)))
    (cell,) = [
        c for line in book["N.1 Overview encoding"].iter_rows() for c in line if c.value == "1500" and c.hyperlink
    ]
    name, target = re.fullmatch(r"'(.*)'!(\w+)", cell.hyperlink.location).groups()
    assert str(book[name][target].value).startswith(f"Table {row.reference}. ")
