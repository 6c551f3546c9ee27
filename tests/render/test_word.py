"""annex.docx: read back with python-docx it says what annex.json says, and every reference is live and right."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from sample_annex import NASTY, rich_annex
from word_reading import bookmarks, captioned_tables, fields, headings, opened, row_texts

from annexgen.annex.columns import COLUMN_GROUPS
from annexgen.annex.model import Cell, Status
from annexgen.annex.numbering import number
from annexgen.render.texts import References, depth, printable, section_label
from annexgen.render.word import WordOptions, document
from annexgen.render.word_xml import WordError

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex, Table


@pytest.fixture(scope="module")
def content(annex: Annex) -> bytes:
    return document(annex)


@pytest.fixture(scope="module")
def final(annex: Annex) -> bytes:
    return document(annex, WordOptions(final=True))


def shown_rows(table: Table, columns: Any, below: list[str]) -> list[list[str]]:
    """The rows of the Word table below its header, footnotes put back into their cells."""
    footnotes = {mark: text for mark, _, text in (line.partition(")\t") for line in below) if len(mark) <= 3}
    skipped = 2 if table.kind in COLUMN_GROUPS else 1
    rows = []
    for row in columns.rows[skipped:]:
        texts = row_texts(row)
        rows.append([footnotes[m[1]] if (m := re.fullmatch(r"See footnote (\w+)\)", t)) else t for t in texts])
    return rows


@pytest.mark.parametrize("scheme", ["template", "published"])
def test_tables_are_those_of_the_annex_one_to_one(scheme: str) -> None:
    annex = number(rich_annex(), scheme)
    found = captioned_tables(opened(document(annex)))
    assert list(found) == [table.id for table in annex.tables]
    for table in annex.tables:
        title, shown, below = found[table.id]
        assert title == table.title
        rows = [
            [printable(row.cells[table.columns[0]].text)]
            if row.heading
            else [printable(row.cells.get(column, Cell()).text) for column in table.columns]
            for row in table.rows
        ]
        assert shown_rows(table, shown, below) == rows
        for note in table.notes:
            assert printable(note) in below


def test_headers_are_the_columns_and_repeat(content: bytes, annex: Annex) -> None:
    found = captioned_tables(opened(content))
    for table in annex.tables:
        rows = list(found[table.id][1].rows)
        marked = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
        groups = COLUMN_GROUPS.get(table.kind)
        assert marked == [True] * (2 if groups else 1) + [False] * (len(rows) - (2 if groups else 1))
        assert all(row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        if groups is None:
            assert row_texts(rows[0]) == list(table.columns)
            continue
        lower = [cell.text for cell in rows[1].cells]
        assert len(lower) == len(table.columns)
        for column, text in zip(table.columns, lower, strict=True):
            assert column.endswith(text), (column, text)
            assert text
        names = [name if span > 1 else column for name, span, column in _with_columns(groups, table)]
        assert row_texts(rows[0]) == names


def _with_columns(groups: Any, table: Table) -> list[tuple[str, int, str]]:
    position, found = 0, []
    for name, span in groups:
        found.append((name, span, table.columns[position]))
        position += span
    return found


@pytest.mark.parametrize("scheme", ["template", "published"])
def test_headings_are_the_sections(scheme: str) -> None:
    annex = number(rich_annex(), scheme)
    expected = [(depth(s), f"{section_label(s.id)} {s.title}") for s in annex.sections]
    assert headings(opened(document(annex))) == [*expected, (1, "Findings")]
    assert headings(opened(document(annex, WordOptions(final=True)))) == expected


def test_paragraphs_are_the_texts_of_the_sections(content: bytes, annex: Annex) -> None:
    shown = [p.text for p in opened(content).paragraphs]
    position = 0
    for section in annex.sections:
        for text in section.text:
            position = shown.index(text.removeprefix("- "), position) + 1


def test_the_last_text_before_a_table_stays_with_its_caption(content: bytes, annex: Annex) -> None:
    kept = {p.text for p in opened(content).paragraphs if p._p.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None}
    introducing = [s.text[-1] for s in annex.sections if s.text and s.tables and not s.text[-1].startswith("- ")]
    assert introducing
    assert set(introducing) <= kept
    assert not kept & {s.text[-1] for s in annex.sections if s.text and not s.tables}


def test_captions_count_with_sequence_fields(content: bytes, annex: Annex) -> None:
    body = opened(content).element.body
    counted, results = 0, []
    for instruction, result in fields(body):
        if instruction.startswith("SEQ"):
            match = re.fullmatch(r"SEQ Table \\\* ARABIC(?: \\r (\d+))?", instruction)
            assert match is not None
            counted = int(match[1]) if match[1] else counted + 1
            assert result == str(counted)
            results.append(result)
    assert results == [table.id.rpartition("-")[2] for table in annex.tables]


@pytest.mark.parametrize("scheme", ["template", "published"])
def test_every_reference_is_live_and_right(scheme: str) -> None:
    annex = number(rich_annex(), scheme)
    body = opened(document(annex)).element.body
    marks = bookmarks(body)
    live = 0
    for instruction, result in fields(body):
        if instruction.startswith("REF"):
            name = instruction.split()[1]
            assert marks[name] == result
            live += 1
    texts = [cell.text for table in annex.tables for row in table.rows for cell in row.cells.values()]
    texts += [text for section in annex.sections for text in section.text]
    texts += [note for table in annex.tables for note in table.notes]
    texts += [finding.message for finding in annex.findings]
    references = References(annex)
    pieces = [piece for text in texts for piece in references.split(printable(text))]
    assert live == sum(piece.kind == "table" for piece in pieces)
    assert live > 20
    anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    assert set(anchors) <= set(marks)
    outside = [a for a in anchors if a.startswith("_RefS")]
    assert len(outside) == len(annex.sections) + sum(piece.kind == "section" for piece in pieces) - sum(
        depth(section) > 3 for section in annex.sections
    )


def test_contents_and_list_of_tables_read_right_without_updating(content: bytes, annex: Annex) -> None:
    texts = {i: r for i, r in fields(opened(content).element.body) if i.startswith("TOC")}
    assert list(texts) == ['TOC \\o "1-3" \\h \\z \\u', 'TOC \\h \\z \\c "Table"']
    contents, tables = texts.values()
    assert contents == "".join(
        [f"{section_label(s.id)} {s.title}" for s in annex.sections if depth(s) <= 3] + ["Findings"]
    )
    assert tables == "".join(f"Table {t.id}. {printable(t.title)}" for t in annex.tables)


def _pages(content: bytes) -> dict[str, tuple[bool, int]]:
    """For each table with a caption: whether its page is in landscape, and the width for text on it."""
    found: dict[str, tuple[bool, int]] = {}
    waiting: list[str] = []
    for block in opened(content).element.body:
        if block.tag == qn("w:tbl"):
            caption = block.find(f"{qn('w:tblPr')}/{qn('w:tblCaption')}")
            if caption is not None:
                waiting.append(caption.get(qn("w:val")).split(". ")[0].removeprefix("Table "))
        properties = block if block.tag == qn("w:sectPr") else block.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        if properties is not None:
            size, margins = properties.find(qn("w:pgSz")), properties.find(qn("w:pgMar"))
            width = int(size.get(qn("w:w")))
            free = width - sum(int(margins.get(qn(f"w:{side}"))) for side in ("left", "right"))
            found |= dict.fromkeys(waiting, (width > int(size.get(qn("w:h"))), free))
            waiting = []
    return found


def _widths(content: bytes) -> dict[str, list[int]]:
    tables = captioned_tables(opened(content))
    return {name: [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid] for name, (_, table, _) in tables.items()}


@pytest.fixture(scope="module")
def portrait(annex: Annex, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The annexes in somebody's own template, whose pages are in portrait."""
    path = own_template(tmp_path_factory.mktemp("own") / "mine.docx", "Cover")
    return document(annex, WordOptions(template=path))


@pytest.mark.parametrize("kind", ["content", "portrait"])
def test_wide_tables_stand_in_landscape_and_fill_the_width(
    kind: str, annex: Annex, request: pytest.FixtureRequest
) -> None:
    written = request.getfixturevalue(kind)
    pages, widths = _pages(written), _widths(written)
    for table in annex.tables:
        landscape, available = pages[table.id]
        if len(table.columns) >= 7:
            assert landscape
        assert sum(widths[table.id]) == available
        assert min(widths[table.id]) > 400
    narrow = {pages[table.id][0] for table in annex.tables if table.kind == "character_sets"}
    assert narrow == {kind == "content"}


def test_front_matter_is_in_portrait_and_all_annexes_in_landscape(content: bytes) -> None:
    assert [section.page_width < section.page_height for section in opened(content).sections] == [True, False]


def test_tables_of_one_section_line_up(content: bytes, annex: Annex) -> None:
    widths = _widths(content)
    kinds = {table.id: table.columns for table in annex.tables}
    several = 0
    for section in annex.sections:
        alike: dict[tuple[str, ...], set[tuple[int, ...]]] = {}
        for name in section.tables:
            alike.setdefault(tuple(kinds[name]), set()).add(tuple(widths[name]))
        several += len(section.tables) > len(alike)
        assert all(len(found) == 1 for found in alike.values())
    assert several


def test_a_chapter_that_is_not_applicable_takes_no_page(annex: Annex) -> None:
    chapters = tuple(replace(s, applicable=False) if len(s.id.split(".")) == 2 else s for s in annex.sections)
    for given, expected in ((annex, set()), (replace(annex, sections=chapters), {"0"})):
        headings = [p._p.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}") for p in _headings(document(given), 1)]
        assert headings
        assert {mark.get(qn("w:val")) for mark in headings if mark is not None} == expected


def test_a_chapter_that_is_not_applicable_shares_the_page_of_the_next(annex: Annex) -> None:
    one, two, *_ = [s for s in annex.sections if len(s.id.split(".")) == 2]
    sections = tuple(replace(s, applicable=False) if s is one else s for s in annex.sections)
    marks = {
        p.text.split(" ")[0]: p._p.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}") is None
        for p in _headings(document(replace(annex, sections=sections)), 1)
    }
    assert [name for name, breaks in marks.items() if not breaks] == [two.id]


def _headings(content: bytes, level: int) -> list[Any]:
    title = f"heading {level}"
    found = [p for p in opened(content).paragraphs if p.style is not None and (p.style.name or "").lower() == title]
    return [p for p in found if p.text != "Findings"]


def test_no_row_is_alone_on_its_page(content: bytes, annex: Annex) -> None:
    tables = captioned_tables(opened(content))
    for table in annex.tables:
        rows = list(tables[table.id][1].rows)[2 if table.kind in COLUMN_GROUPS else 1 :]
        kept = [all(p._p.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None for p in _own(row)) for row in rows]
        if len(rows) > 1:
            plain = [n for n, row in enumerate(table.rows) if not row.heading]
            assert not kept[-1] or len(rows) - 1 not in plain
            assert all(kept[n] for n in (0, len(rows) - 2) if n in plain)
        if len(rows) > 8:
            assert not all(kept[1:-2])


def _own(row: Any) -> list[Any]:
    return [paragraph for cell in row.cells for paragraph in cell.paragraphs]


def test_a_blank_cell_goes_on_with_the_one_above(content: bytes, annex: Annex) -> None:
    tables = captioned_tables(opened(content))
    (table,) = (t for t in annex.tables if t.kind == "iod" and sum(not r.cells["IE"].text for r in t.rows) > 1)
    shown = tables[table.id][1].rows[1:]
    for position, (row, drawn) in enumerate(zip(table.rows, shown, strict=True)):
        top, bottom = (_border(drawn._tr.tc_lst[0], side) for side in ("top", "bottom"))
        below = table.rows[position + 1].cells["IE"].text if position + 1 < len(table.rows) else "end"
        assert top == ("" if row.cells["IE"].text else "nil")
        assert bottom == ("" if below else "nil")
        assert _border(drawn._tr.tc_lst[1], "top") == ""


def _border(cell: Any, side: str) -> str:
    border = cell.find(f"{qn('w:tcPr')}/{qn('w:tcBorders')}/{qn(f'w:{side}')}")
    return "" if border is None else str(border.get(qn("w:val")))


def _cells(content: bytes, annex: Annex) -> list[tuple[Cell, Any]]:
    found = captioned_tables(opened(content))
    pairs = []
    for table in annex.tables:
        rows = list(found[table.id][1].rows)[2 if table.kind in COLUMN_GROUPS else 1 :]
        for row, shown in zip(table.rows, rows, strict=True):
            if not row.heading:
                cells = [row.cells.get(column, Cell()) for column in table.columns]
                pairs += zip(cells, shown._tr.tc_lst, strict=True)
    return pairs


def _fill(cell: Any) -> str:
    shading = cell.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
    return "" if shading is None else str(shading.get(qn("w:fill")))


def test_a_draft_shows_what_is_proposed_and_unknown(content: bytes, annex: Annex) -> None:
    fills: dict[Status, set[str]] = {}
    for cell, shown in _cells(content, annex):
        if cell.text or cell.status is Status.UNKNOWN:
            fills.setdefault(cell.status, set()).add(_fill(shown))
    assert len(fills[Status.PROPOSED] | fills[Status.UNKNOWN]) == 2
    assert "" not in fills[Status.PROPOSED] | fills[Status.UNKNOWN]
    assert fills[Status.OBSERVED] == fills[Status.STANDARD] == fills[Status.CONFIRMED] == {""}
    legend = [cell.text for table in opened(content).tables[:2] for row in table.rows for cell in row.cells]
    assert {str(status) for status in Status} <= set(legend)


def test_a_final_document_is_clean(final: bytes, annex: Annex) -> None:
    assert {_fill(shown) for _, shown in _cells(final, annex)} == {""}
    with ZipFile(BytesIO(final)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name != "word/styles.xml":
                text = archive.read(name).decode()
                assert "AnnexProposed" not in text
                assert "AnnexUnknown" not in text
                assert not re.search(r"\bdraft\b", text, re.IGNORECASE), name


def test_nothing_of_a_template_is_left_over() -> None:
    annex = rich_annex()
    clean = number(replace(annex, tables=tuple(t if t.key != "nasty" else replace(t, rows=()) for t in annex.tables)))
    with ZipFile(BytesIO(document(clean))) as archive:
        for name in archive.namelist():
            text = re.sub(r"<[^>]*>", "\n", archive.read(name).decode())
            for mark in ("{{", "{%", "}}", "%}", "\x02"):
                assert mark not in text, (name, mark)
            # Ranges such as [0.29 ... 0.98] are values; instructions of PS3.2 in brackets are not.
            assert not re.search(r"\[[A-Z][a-z]", text), name


def test_nasty_values_stay_as_they_are(content: bytes) -> None:
    (nasty,) = (t for title, t, _ in captioned_tables(opened(content)).values() if title.startswith("Nasty"))
    texts = [row_texts(row)[5] for row in nasty.rows[1:]]
    for (name, value), text in zip(NASTY.items(), texts, strict=True):
        if name in ("long", "longest"):
            assert text.startswith("See footnote")
        else:
            assert text == printable(value)


def test_the_same_annex_gives_the_same_bytes(content: bytes, annex: Annex) -> None:
    assert document(annex) == content
    with ZipFile(BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert b"dcterms" not in archive.read("docProps/core.xml").split(b">", 2)[2]


def test_properties_name_the_product_as_it_is() -> None:
    annex = rich_annex()
    annex = number(replace(annex, product=replace(annex.product, name="CT & <5000> {{ x }}")))
    word = opened(document(annex))
    assert word.core_properties.title.startswith("ACME Imaging CT & <5000> {{ x }}")
    assert "CT & <5000> {{ x }}" in [p.text for p in word.paragraphs]


def test_a_warning_stands_where_all_values_are_kept(annex: Annex) -> None:
    loud = number(rich_annex("all"))
    assert any("identifying values of patients" in p.text for p in opened(document(loud)).paragraphs)
    assert not any("identifying values of patients" in p.text for p in opened(document(annex)).paragraphs)


def test_bookmark_ids_and_names_are_unique(content: bytes) -> None:
    starts = list(opened(content).element.body.iter(qn("w:bookmarkStart")))
    ends = list(opened(content).element.body.iter(qn("w:bookmarkEnd")))
    ids = [start.get(qn("w:id")) for start in starts]
    assert len(set(ids)) == len(ids)
    assert sorted(ids) == sorted(end.get(qn("w:id")) for end in ends)
    assert all(len(start.get(qn("w:name"))) <= 40 for start in starts)


# A person's own template


def own_template(path: Path, *paragraphs: str) -> Path:
    word = Document()
    for text in paragraphs:
        word.add_paragraph(text)
    word.save(str(path))
    return path


def test_a_template_lends_styles_pages_and_fields(annex: Annex, tmp_path: Path) -> None:
    path = own_template(tmp_path / "mine.docx", "Cover of {{ product }} by {{ manufacturer }}")
    before = path.read_bytes()
    word = opened(document(annex, WordOptions(template=path)))
    assert path.read_bytes() == before
    assert word.paragraphs[0].text == "Cover of CT 5000 by ACME Imaging"
    assert list(captioned_tables(word)) == [table.id for table in annex.tables]
    assert word.sections[0].page_width == Document().sections[0].page_width
    assert word.styles["Heading 1"].font.color.rgb == Document().styles["Heading 1"].font.color.rgb
    assert "Annex Table" in [style.name for style in word.styles]


@pytest.mark.parametrize("field", ["{{ nonsense }}", "{% if %}", "{{ ''.__class__.__mro__ }}"])
def test_a_bad_field_is_said(field: str, annex: Annex, tmp_path: Path) -> None:
    path = own_template(tmp_path / "mine.docx", f"Cover {field}")
    with pytest.raises(WordError, match=r"mine\.docx has a field that cannot be filled in"):
        document(annex, WordOptions(template=path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a document", "is not a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "protected by a password"),
    ],
)
def test_a_file_that_is_no_word_document_is_said(content: bytes, message: str, annex: Annex, tmp_path: Path) -> None:
    path = tmp_path / "mine.docx"
    path.write_bytes(content)
    with pytest.raises(WordError, match=message):
        document(annex, WordOptions(template=path))


def test_thousands_of_rows_are_quick(annex: Annex) -> None:
    import time

    large = replace(annex, tables=tuple(replace(table, rows=table.rows * 50) for table in annex.tables))
    assert sum(len(table.rows) for table in large.tables) > 3000
    plain = replace(large, tables=tuple(t if t.key != "nasty" else replace(t, rows=t.rows[:8]) for t in large.tables))
    start = time.process_time()
    document(plain)
    assert time.process_time() - start < 60
