"""The parts of Word writing: texts, packages, styles, places and widths, each on its own."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from word_reading import captioned_tables, fields, opened
from word_statements import bookmark, saved, with_bookmarks

from annexgen.annex.columns import COLUMNS_OF_KIND
from annexgen.render.texts import printable
from annexgen.render.word import WordOptions, document
from annexgen.render.word_blocks import label, same_title
from annexgen.render.word_into import insert
from annexgen.render.word_measure import lines
from annexgen.render.word_package import Package
from annexgen.render.word_styles import Styles
from annexgen.render.word_template import own_template
from annexgen.render.word_widths import column_widths
from annexgen.render.word_xml import WordError, field, paragraph, parse, run

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex


@given(st.text())
def test_a_run_says_its_text(text: str) -> None:
    marks = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    shown = [marks.get(part.tag, part.text or "") for element in parse([run(text)]) for part in element]
    assert "".join(shown) == printable(text)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_field_says_its_result(instruction: str, result: str) -> None:
    (element,) = parse([paragraph("Normal", field(f"REF {printable(instruction)!a}", result))])
    ((_, shown),) = fields(element)
    assert shown == printable(result).replace("\n", "").replace("\t", "").replace("\r", "")


@given(st.sampled_from(sorted(COLUMNS_OF_KIND.values())), st.integers(4000, 30000))
def test_widths_fill_the_page(columns: tuple[str, ...], available: int) -> None:
    widths = column_widths(columns, available)
    assert sum(widths) == available
    assert min(widths) > 0
    assert len(widths) == len(columns)


@given(
    st.lists(st.text("abcdefghij", min_size=1, max_size=8), min_size=2, max_size=2, unique=True),
    st.integers(4000, 20000),
)
def test_unknown_columns_share_the_page(columns: list[str], available: int) -> None:
    first, second = column_widths(columns, available)
    assert abs(first - second) <= 1


@given(st.integers(9000, 16000), st.integers(1, 40), st.sampled_from(["Value", "Conditions", "Comments"]))
def test_room_goes_where_the_text_is(available: int, words: int, column: str) -> None:
    columns = COLUMNS_OF_KIND["module"]
    rows = [["CONFIGURATION" if c == "Source" else "word " * words if c == column else "" for c in columns]] * 5
    position = columns.index(column)
    widths = column_widths(columns, available, rows)
    assert sum(widths) == available
    assert widths[position] >= column_widths(columns, available)[position]
    assert lines("CONFIGURATION", widths[columns.index("Source")]) == 1 or available < 12000


def test_a_long_template_identifier_is_not_cut() -> None:
    columns = COLUMNS_OF_KIND["sr_content"]
    row = ["99_3000 (99ACME_REPORTS)" if column == "TID" else "" for column in columns]
    assert lines(row[columns.index("TID")], column_widths(columns, 14000, [row])[columns.index("TID")]) == 2


def test_one_long_text_does_not_starve_many_short_ones() -> None:
    columns = COLUMNS_OF_KIND["module"]
    names = [["Performed Procedure Step Start Date", *[""] * (len(columns) - 1)] for _ in range(20)]
    comment = [[*[""] * (len(columns) - 1), "word " * 60]]
    assert lines(names[0][0], column_widths(columns, 14000, [*names, *comment])[0]) == 1


@pytest.mark.parametrize(
    ("text", "expected"), [("", 1), ("ALWAYS", 1), ("twenty words", 2), ("twenty-words", 2), ("a\nb", 2), ("W" * 11, 3)]
)
def test_lines_break_at_spaces_and_hyphens(text: str, expected: int) -> None:
    assert lines(text, 1000) == expected


def test_more_text_takes_more_lines() -> None:
    counts = [lines("word " * n, 2000) for n in range(0, 200, 20)]
    assert counts == sorted(counts)
    assert counts[0] == 1
    assert counts[-1] > 12


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Annex A: Information Object Definitions", "Information Object Definitions (IODs)"),
        ("A Information Object Definitions (IODs)", "Information Object Definitions (IODs)"),
        ("1.1 Content and Transfer", "Content and Transfer"),
        ("N.9 A.A Information Object Definitions (IODs)", "Information Object Definitions (IODs)"),
        ("N.10 Structured Report Content Encoding - N/A", "Structured Report Content Encoding"),
        ("Appendix B – STRUCTURED REPORT CONTENT ENCODING", "Structured Report Content Encoding - N/A"),
        ("8.4. Specific Character Sets", "Specific Character Sets"),
    ],
)
def test_titles_are_compared_without_numbers(one: str, other: str) -> None:
    assert same_title(one, other)
    assert same_title(other, one)


def test_different_titles_differ() -> None:
    assert not same_title("Content and Transfer", "Content Transfer")
    assert not same_title("Annex A", "Annex B")
    assert label("Table A-4: ACME Module") == label("Table N.9-12. ACME Module") == "acme module"


# Packages


def test_what_nobody_edits_leaves_as_it_came() -> None:
    content = with_bookmarks()
    package = Package(content, "ours.docx")
    Styles(package)
    package.tree("word/settings.xml")
    with ZipFile(BytesIO(content)) as before, ZipFile(BytesIO(package.to_bytes())) as after:
        assert before.namelist() == after.namelist()
        assert all(before.read(name) == after.read(name) for name in before.namelist())


def test_a_part_is_added_with_its_type_and_relationship() -> None:
    package = Package(own_template(), "own")
    member = package.add_part("glossary", b"<x/>")
    again = Package(package.to_bytes(), "again")
    assert again.part("glossary") == member == "word/glossary.xml"
    with pytest.raises(WordError, match="does not relate to it"):
        package.add_part("document", b"<x/>")


def _retyped(content: bytes, kind: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml":
                main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
                assert main in data
                data = data.replace(main, kind.encode())
            target.writestr(name, data)
    return buffer.getvalue()


def test_a_word_template_becomes_a_document(annex: Annex, tmp_path: Path) -> None:
    path = tmp_path / "ours.dotx"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
    path.write_bytes(_retyped(saved(Document()), kind))
    assert len(captioned_tables(opened(document(annex, WordOptions(template=path))))) == len(annex.tables)
    path.write_bytes(_retyped(saved(Document()), "application/vnd.ms-word.document.macroEnabled.main+xml"))
    with pytest.raises(WordError, match="holds macros"):
        document(annex, WordOptions(template=path))


def test_damaged_xml_is_said() -> None:
    buffer = BytesIO()
    with ZipFile(BytesIO(own_template())) as source, ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name)[:300] if name == "word/document.xml" else source.read(name))
    with pytest.raises(WordError, match=r"is damaged at word/document\.xml"):
        Package(buffer.getvalue(), "ours.docx")


# Styles


def test_styles_are_found_by_name_in_any_language(annex: Annex) -> None:
    word = Document()
    for level in range(1, 5):
        word.styles[f"Heading {level}"].element.set(qn("w:styleId"), f"berschrift{level}")
    word.add_heading("Information Object Definitions (IODs)", 1)
    word.paragraphs[-1]._p.pPr.pStyle.set(qn("w:val"), "berschrift1")
    content = insert(annex, saved(word), "ours.docx").content
    used = {p.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val")) for p in _styled(content)}
    assert {"berschrift1", "berschrift2", "berschrift3"} <= used
    assert not any(name.startswith("Heading") for name in used)


def _styled(content: bytes) -> list[Any]:
    return [
        p for p in opened(content).element.body.iter(qn("w:p")) if p.find(f"{qn('w:pPr')}/{qn('w:pStyle')}") is not None
    ]


def test_missing_styles_are_lent_and_lists_have_bullets(annex: Annex) -> None:
    word = Document()
    for name in ("List Bullet", "Caption"):
        element = word.styles[name].element
        element.getparent().remove(element)
    word.add_heading("Information Object Definitions (IODs)", 1)
    result = opened(insert(annex, saved(word), "ours.docx").content)
    bullet = next(p for p in result.paragraphs if p.text.startswith("FIXED: "))
    number = bullet.style.element.pPr.numPr.numId.val
    numbering = result.part.numbering_part.element
    (concrete,) = (n for n in numbering.num_lst if n.numId == number)
    abstract = concrete.abstractNumId.val
    (definition,) = (a for a in numbering.iter(qn("w:abstractNum")) if a.get(qn("w:abstractNumId")) == str(abstract))
    assert definition.find(f"{qn('w:lvl')}/{qn('w:numFmt')}").get(qn("w:val")) == "bullet"
    kinds = [child.tag for child in numbering]
    assert kinds == sorted(kinds, key=lambda tag: tag == qn("w:num"))
    assert len(captioned_tables(result)) > 10


# Places: whatever paragraphs a person selects, these and no others are replaced

BLOCKS = st.lists(st.sampled_from(["text", "empty", "table", "heading"]), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(BLOCKS, st.data())
def test_the_marked_paragraphs_and_no_others_are_replaced(kinds: list[str], data: st.DataObject) -> None:
    annex = _small()
    word = Document()
    shown: list[Any] = []
    for number, kind in enumerate(kinds):
        if kind == "table":
            table = word.add_table(1, 1)
            table.cell(0, 0).text = f"cell {number}"
            shown.append(table)
        elif kind == "heading":
            shown.append(word.add_heading(f"Heading {number}", 2))
        else:
            shown.append(word.add_paragraph(f"text {number}" if kind == "text" else ""))
    first = data.draw(st.integers(0, len(shown) - 1))
    last = data.draw(st.integers(first, len(shown) - 1))
    edges = [kinds[first], kinds[last]]
    if "table" in edges or (first == last and edges[0] == "heading"):
        return
    bookmark(shown[first], shown[last], "annexgen_N_9", 900)
    expected = [_text(block) for block in shown[:first]] + [_text(block) for block in shown[last + 1 :]]
    result = opened(insert(annex, saved(word), "ours.docx").content)
    texts = [_text(block) for block in result.iter_inner_content()]
    kept = [text for text in texts if text.startswith(("text ", "cell ", "Heading "))]
    assert kept == [text for text in expected if text]
    assert len(captioned_tables(result)) == sum(table.id.startswith("N.9-") for table in annex.tables)


def _text(block: Any) -> str:
    return block.cell(0, 0).text if hasattr(block, "cell") else block.text


def _small() -> Annex:
    from sample_annex import rich_annex

    from annexgen.annex.numbering import number

    return number(rich_annex())
