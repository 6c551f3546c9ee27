"""Changes marked in Word: what a reviewer sees of the former version, and that nothing else of the document differs."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from docx import Document
from lxml import etree
from sample_annex import rich_annex
from word_statements import saved, with_bookmarks, with_headings
from word_validity import W, faults

from annexgen.annex.annotations_file import loads
from annexgen.annex.changed_rows import ChangedRows, changed_rows
from annexgen.annex.model import Annex, Cell, Row, Status, Table
from annexgen.annex.numbering import number
from annexgen.annex.revision_section import with_revisions
from annexgen.render.word import WordOptions, document
from annexgen.render.word_into import insert

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docx.document import Document as WordDocument


@pytest.fixture(scope="module")
def annex() -> Annex:
    """The sample annex with its revision history."""
    return number(with_revisions(rich_annex(), loads('[[revision]]\nversions = ["VA20A", "VA20B"]\n')))


@pytest.fixture(scope="module")
def former(annex: Annex) -> Annex:
    """A version in which the first module table lacks a row, has one more, and says something else in another."""
    table = next(t for t in annex.tables if t.kind == "module" and len(t.rows) > 4)
    rows = list(table.rows)
    lost = replace(rows[2], path="(0010,21B0)", covers=(), apart={}, level=0, cells=_gone(rows[2]))
    value = Cell("FORMERLY " * 90)
    rows[3] = replace(rows[3], apart={}, cells={**rows[3].cells, "Comments": Cell("said before"), "Conditions": value})
    changed = replace(table, rows=(rows[0], *rows[2:4], lost, *rows[4:]))
    return replace(
        annex,
        tables=tuple(changed if t is table else t for t in annex.tables),
        product=replace(annex.product, versions=("0.9",)),
    )


def _gone(row: Row) -> dict[str, Cell]:
    return {
        **row.cells,
        "Attribute Name": Cell("Additional Patient History", Status.STANDARD),
        "Tag": Cell("(0010,21B0)"),
    }


@pytest.fixture(scope="module")
def changes(former: Annex, annex: Annex) -> ChangedRows:
    return changed_rows(former, annex)


@pytest.fixture(scope="module")
def table(changes: ChangedRows, annex: Annex) -> Table:
    """The only table with marks."""
    (identifier,) = changes.tables
    return annex.table(identifier)


def opened(content: bytes) -> WordDocument:
    return Document(BytesIO(content))


def without_marks(content: bytes) -> bytes:
    """The body of a document without anything that marks a change, the footnote with a long former text among it."""
    root = etree.fromstring(etree.tostring(opened(content).element.body))
    for paragraph in list(root.iter(f"{W}p")):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        words = "".join(paragraph.itertext())
        legend = words.startswith("Marked is what differs") or "Before: FORMERLY" in words
        if (style is not None and style.get(f"{W}val") == "AnnexFormer") or legend:
            parent = paragraph.getparent()
            parent.remove(paragraph)
            if parent.tag == f"{W}tc" and parent.find(f"{W}p") is None:
                row = parent.getparent()
                row.remove(parent)
                if row.find(f"{W}tc") is None:
                    row.getparent().remove(row)
    text = etree.tostring(root).decode()
    text = re.sub(r'<w:color w:val="1F4E9E"/><w:u w:val="(?:single|dotted)"/>', "", text)
    text = re.sub(r'<w:right w:val="(?:single|dotted)" w:sz="(?:24|12)" w:space="0" w:color="1F4E9E"/>', "", text)
    text = re.sub(r"<w:(tcBorders|rPr)/>|<w:(tcBorders|rPr)></w:\2>", "", text)
    return re.sub(r"<w:bookmark(?:Start|End) [^>]*>", "", text).encode()


def cells(content: bytes, table: Table) -> list[list[list[str]]]:
    """The paragraphs of each cell in the body of a table."""
    word = next(
        t
        for t in opened(content).tables
        if (t._tbl.tblPr.find(f"{W}tblCaption") is not None)
        and t._tbl.tblPr.find(f"{W}tblCaption").get(f"{W}val", "").startswith(f"Table {table.id}.")
    )
    return [[[p.text for p in cell.paragraphs] for cell in row.cells] for row in word.rows[1:]]


def test_the_marks_are_all_that_differs_from_a_document_without(annex: Annex, changes: ChangedRows) -> None:
    plain, marked = document(annex, WordOptions()), document(annex, WordOptions(changes=changes))
    assert marked != plain
    stripped = without_marks(marked)
    assert stripped == without_marks(plain)


def test_former_text_stands_below_the_new_one_and_gone_rows_at_their_place(
    annex: Annex, changes: ChangedRows, table: Table
) -> None:
    shown = cells(document(annex, WordOptions(changes=changes)), table)
    names = [row[0][0] for row in shown]
    assert names == [*(r.cells["Attribute Name"].text for r in table.rows[:4]), "Additional Patient History"] + [
        r.cells["Attribute Name"].text for r in table.rows[4:]
    ]
    comments = table.columns.index("Comments")
    assert shown[3][comments] == [table.rows[3].cells["Comments"].text, "said before"]
    assert re.fullmatch(r"See footnote [a-z]\)", shown[3][table.columns.index("Conditions")][1])
    assert all(len(paragraphs) == 1 for n, row in enumerate(shown) if n != 3 for paragraphs in row)


def test_what_is_marked_and_what_is_not(annex: Annex, changes: ChangedRows, table: Table) -> None:
    root = opened(document(annex, WordOptions(changes=changes))).element.body
    barred = [
        row for row in root.iter(f"{W}tr") if row.find(f"{W}tc[last()]/{W}tcPr/{W}tcBorders/{W}right") is not None
    ]
    assert [row.find(f"{W}tc/{W}p/{W}r/{W}t").text for row in barred] == [
        table.rows[1].cells["Attribute Name"].text,
        table.rows[3].cells["Attribute Name"].text,
        "Additional Patient History",
    ]
    new, changed, gone = barred
    # What the sample annex lacks evidence for is dotted; what differs in Conditions that nobody proposed is not.
    kinds = [row.find(f"{W}tc[last()]/{W}tcPr/{W}tcBorders/{W}right").get(f"{W}val") for row in barred]
    decided = [not changes.tables[table.id].rows[n].undecided for n in (1, 3)] + [
        not changes.tables[table.id].gone[0].undecided
    ]
    assert kinds == ["single" if one else "dotted" for one in decided]
    assert len(set(kinds)) == 2
    assert all(run.find(f"{W}rPr/{W}u") is not None for run in new.iter(f"{W}r"))
    underlined = [c for c in changed.iter(f"{W}tc") if any(r.find(f"{W}rPr/{W}u") is not None for r in c.iter(f"{W}r"))]
    filled = sum(bool(table.rows[3].cells[c].text) for c in ("Comments", "Conditions"))
    assert len(underlined) == filled
    styles = {p.get(f"{W}val") for p in gone.iter(f"{W}pStyle")}
    assert styles == {"AnnexFormer"}


@pytest.mark.parametrize("final", [False, True])
def test_a_marked_document_is_valid_and_says_what_the_marks_mean(
    annex: Annex, changes: ChangedRows, final: bool
) -> None:
    content = document(annex, WordOptions(final=final, changes=changes))
    assert faults(content) == []
    assert content == document(annex, WordOptions(final=final, changes=changes))
    assert any(p.text.startswith("Marked is what differs from version 0.9") for p in opened(content).paragraphs)


def test_a_marked_document_in_somebodys_template_is_valid(annex: Annex, changes: ChangedRows, tmp_path: Path) -> None:
    path = tmp_path / "mine.docx"
    word = Document()
    word.add_paragraph("{{ product }}")
    path.write_bytes(saved(word))
    known = set(faults(path.read_bytes()))
    content = document(annex, WordOptions(template=path, changes=changes))
    assert set(faults(content)) <= known
    assert b"Annex Former" in etree.tostring(opened(content).styles.element)


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("statement", [with_bookmarks, with_headings])
def test_a_statement_gets_marks_with_a_legend_and_loses_them_again(
    statement: Callable[[], bytes], final: bool, annex: Annex, changes: ChangedRows
) -> None:
    content = statement()
    known = set(faults(content))
    marked = insert(annex, content, "ours.docx", final=final, changes=changes).content
    assert set(faults(marked)) <= known
    legends = [p for p in opened(marked).paragraphs if p.text.startswith("Marked is what differs from version 0.9")]
    assert len(legends) == 1
    again = insert(annex, marked, "ours.docx", final=final).content
    assert not any("Marked is what differs" in p.text for p in opened(again).paragraphs)
    assert b"said before" not in etree.tostring(opened(again).element.body)


def test_nothing_differs(annex: Annex) -> None:
    content = document(annex, WordOptions(changes=changed_rows(annex, annex)))
    assert any(p.text.startswith("Nothing in the tables differs from") for p in opened(content).paragraphs)
