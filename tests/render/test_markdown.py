"""annex.md: every table and cell is there as it is, links lead somewhere, nothing breaks a row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from sample_annex import NASTY, rich_annex

from annexgen.annex.model import Status
from annexgen.annex.numbering import number
from annexgen.render.base import renderer
from annexgen.render.markdown import document, escape
from annexgen.render.texts import VALUES_WARNING, printable

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

    from annexgen.annex.model import Annex

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(inline: Token) -> str:
    """The text that a reader sees."""
    parts = []
    for token in inline.children or []:
        if token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
        elif token.type == "html_inline" and token.content == "<br>":
            parts.append("\n")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "html_inline":
            raise AssertionError(f"HTML in a cell: {token.content}")
        elif not token.type.startswith(("em_", "strong_", "link_")):
            raise AssertionError(f"markup in a cell: {token.type}")
    return "".join(parts)


def rendered_tables(text: str) -> list[list[list[Token]]]:
    """The inline tokens of every cell of every row of every table."""
    tables: list[list[list[Token]]] = []
    before = ""
    for token in PARSER.parse(text):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and before in ("th_open", "td_open"):
            tables[-1][-1].append(token)
        before = token.type
    return tables


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_every_cell_is_shown_as_it_is(annex: Annex) -> None:
    tables = rendered_tables(document(annex))
    # Findings, devices and skipped files are the last three.
    assert len(tables) == len(annex.tables) + 3
    for table, rows in zip(annex.tables, tables, strict=False):
        assert [shown(cell) for cell in rows[0]] == list(table.columns)
        assert len(rows) == 1 + len(table.rows), table.id
        for row, cells in zip(table.rows, rows[1:], strict=True):
            for column, token in zip(table.columns, cells, strict=True):
                text = squeezed(shown(token)).removesuffix("†").removesuffix("✓").strip()
                assert text == squeezed(printable(row.cells[column].text))


def test_the_status_of_a_cell_is_seen(annex: Annex) -> None:
    tables = rendered_tables(document(annex))
    seen = set()
    for table, rows in zip(annex.tables, tables, strict=False):
        for row, cells in zip(table.rows, rows[1:], strict=True):
            for column, token in zip(table.columns, cells, strict=True):
                cell = row.cells[column]
                if not printable(cell.text).strip() or row.heading:
                    continue
                seen.add(cell.status)
                italic = any(child.type == "em_open" for child in token.children or [])
                assert italic == (cell.status is Status.PROPOSED), (table.id, cell)
                assert token.content.removesuffix(" †").endswith("✓") == (cell.status is Status.CONFIRMED)
    assert {Status.OBSERVED, Status.STANDARD, Status.PROPOSED, Status.CONFIRMED} <= seen


def test_weak_evidence_is_marked(annex: Annex) -> None:
    tables = rendered_tables(document(annex))
    weak = 0
    for table, rows in zip(annex.tables, tables, strict=False):
        for row, cells in zip(table.rows, rows[1:], strict=True):
            expected = row.evidence is not None and row.evidence.weak
            weak += expected
            assert cells[0].content.endswith("†") == expected
    assert weak > 3


@pytest.mark.parametrize("scheme", ["template", "published"])
def test_every_link_has_its_anchor(scheme: str) -> None:
    text = document(number(rich_annex(), scheme))
    anchors = re.findall(r'<a id="([^"]+)"></a>', text)
    assert len(anchors) == len(set(anchors))
    links = {
        child.attrs["href"]
        for token in PARSER.parse(text)
        for child in token.children or []
        if child.type == "link_open"
    }
    assert len(links) > 10
    assert links <= {f"#{anchor}" for anchor in anchors}


def test_headings_follow_the_sections(annex: Annex) -> None:
    lines = document(annex).splitlines()
    assert "## N.9 Information Object Definitions (IODs)" in lines
    assert "#### N.9.2.2 CT Image IOD Functional Group Macros - N/A" in lines
    published = document(number(rich_annex(), "published")).splitlines()
    assert "## Annex A Information Object Definitions (IODs)" in published
    assert "#### A.2.2 CT Image IOD Functional Group Macros - N/A" in published


def test_no_token_is_left(annex: Annex) -> None:
    text = document(annex)
    assert "\x02" not in text
    assert "\x03" not in text


def test_the_warning_stands_in_the_text_itself(annex: Annex) -> None:
    assert VALUES_WARNING not in document(annex)
    assert VALUES_WARNING in document(number(rich_annex("all")))


def test_the_same_annex_gives_the_same_bytes(annex: Annex, tmp_path: Path) -> None:
    path = renderer("md").render(annex, tmp_path)
    first = path.read_bytes()
    assert path.name == "annex.md"
    assert renderer("md").render(annex, tmp_path).read_bytes() == first
    assert b"\r" not in first


def test_findings_and_skipped_files_are_listed(annex: Annex) -> None:
    text = document(annex)
    assert "1 error, 1 warning, 2 notes." in text
    assert "| 1badc0ffee | cut off \\| after 132 bytes |" in text
    assert "None." in document(replace(annex, findings=()))


@pytest.mark.parametrize("name", sorted(NASTY))
def test_nasty_texts_are_plain_text_in_a_paragraph(name: str) -> None:
    tokens = PARSER.parse(f"x {escape(NASTY[name])} x")
    inline = [token for token in tokens if token.type == "inline"]
    assert len(inline) == 1
    assert squeezed(shown(inline[0])) == squeezed(f"x {printable(NASTY[name])} x")


@pytest.mark.parametrize("start", ["# no heading", "1. no item", "+ no item", "> no quote", "--- ", "===", "    code"])
def test_a_paragraph_stays_a_paragraph(start: str, annex: Annex) -> None:
    section = replace(annex.sections[4], text=(start, "next"))
    lone = replace(annex, sections=(section,), tables=(), findings=())
    kinds = [token.type for token in PARSER.parse(document(lone))]
    usual = [
        token.type for token in PARSER.parse(document(replace(lone, sections=(replace(section, text=("a", "b")),))))
    ]
    assert kinds == usual
