"""Annexes put into statements that people maintain: they stand in their places, and all else is as it was."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from word_reading import bookmarks, captioned_tables, fields, headings, opened
from word_statements import bookmark, saved, under_revision, with_bookmarks, with_headings

from annexgen.render.word import document
from annexgen.render.word_into import insert
from annexgen.render.word_xml import WordError

if TYPE_CHECKING:
    from collections.abc import Callable

    from annexgen.annex.model import Annex

STATEMENTS = {"bookmarks": with_bookmarks, "headings": with_headings, "revision": under_revision}
CHANGED = {
    "word/document.xml",
    "word/styles.xml",
    "word/numbering.xml",
    "[Content_Types].xml",
    "word/_rels/document.xml.rels",
}

REPLACED = {
    # What bookmarks and the content control hold is no block of our own.
    "bookmarks": [],
    "headings": [
        "Old text.",
        "Old character sets.",
        "Old introduction.",
        "A.1 Old shared modules",
        "Table A- SEQ Table \\* ARABIC 4: ACME CT PARAMETERS Private Module",
        "old cell",
        "Table A- SEQ Table \\* ARABIC 9: Module that is no more",
        "",
        "N/A",
    ],
    "revision": [],
}


def members(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def canonical(element: Any) -> str:
    return etree.tostring(element, method="c14n").decode()


def own_blocks(content: bytes) -> list[str]:
    """The blocks that no place holds, as text; bookmarks that came to headings left out."""
    found = []
    waiting = ""
    for block in Document(BytesIO(content)).element.body:
        starts = [e for e in block.iter(qn("w:bookmarkStart")) if e.get(qn("w:name")).startswith("annexgen")]
        inside = bool(waiting or starts)
        waiting = starts[0].get(qn("w:id")) if starts else waiting
        if any(e.get(qn("w:id")) == waiting for e in block.iter(qn("w:bookmarkEnd"))):
            waiting = ""
        if not inside and block.tag not in (qn("w:sdt"), qn("w:sectPr")):
            text = canonical(block)
            text = re.sub(
                r'<w:bookmarkStart [^>]*w:id="(\d+)" w:name="(?:_RefS_\w+|_Ref4712)">.*?</w:bookmarkStart>', "", text
            )
            text = re.sub(r"<w:bookmarkEnd [^>]*></w:bookmarkEnd>", "", text)
            found.append(re.sub(r"<w:sectPr\b.*</w:sectPr>", "", text))
    return found


@pytest.mark.parametrize("name", STATEMENTS)
def test_all_else_is_as_it_was(name: str, annex: Annex) -> None:
    statement = STATEMENTS[name]()
    kept = bytes(statement)
    result = insert(annex, statement, "ours.docx").content
    assert statement == kept
    before, after = members(statement), members(result)
    for member in before.keys() - CHANGED:
        assert after[member] == before[member], member
    assert after.keys() - before.keys() <= {"word/numbering.xml"}
    # Every style that was there is there as it was.
    styles = [{s.style_id: canonical(s.element) for s in opened(c).styles} for c in (statement, result)]
    assert styles[0].items() <= styles[1].items()
    ours = own_blocks(statement)
    position = 0
    remaining = own_blocks(result)
    for block in remaining:
        position = ours.index(block, position) + 1
    gone = [re.sub("<[^>]*>", "", block) for block in ours if block not in remaining]
    assert gone == REPLACED[name]


def test_what_is_not_replaced_stays_whole(annex: Annex) -> None:
    texts = {
        "bookmarks": ["ACME CT 5000", "What our product does.", "Our own services.", "Our own annex", "The end."],
        "headings": ["5 Services", "Our own words about character sets.", "Annex C", "The end."],
        "revision": ["Introduction", "After", "The end."],
    }
    gone = {
        "bookmarks": ["Old text about SOP Classes.", "Second old paragraph."],
        "headings": ["Old text.", "Old introduction.", "A.1 Old shared modules", "Table A-9: Module that is no more"],
        "revision": ["Old introduction."],
    }
    for name, statement in STATEMENTS.items():
        result = opened(insert(annex, statement(), "ours.docx").content)
        shown = [p.text for p in result.paragraphs]
        assert [text for text in shown if text in texts[name]] == texts[name]
        everything = [p.text for p in _paragraphs(result)]
        assert not set(gone[name]) & set(everything)


def _paragraphs(word: Any) -> list[Any]:
    from docx.text.paragraph import Paragraph

    return [Paragraph(p, None) for p in word.element.body.iter(qn("w:p"))]  # type: ignore[arg-type]


def test_bookmarks_get_their_sections(annex: Annex) -> None:
    done = insert(annex, with_bookmarks(), "ours.docx")
    word = opened(done.content)
    found = captioned_tables(word)
    wanted = {s.id for s in annex.sections if s.id == "N.1.1" or s.id.startswith("N.9")}
    assert list(found) == [t for s in annex.sections if s.id in wanted for t in s.tables]
    shown = [text for _, text in headings(word)]
    place = shown.index("Information Object Definitions (IODs)")
    inner = [f"{s.id} {s.title}" for s in annex.sections if s.id.startswith("N.9.")]
    assert shown[place + 1 : place + 1 + len(inner)] == inner
    assert [p for p in done.places if "N.9 " in p] == [
        "N.9 Information Object Definitions (IODs): found by its bookmark"
    ]
    assert any("no place was found for" in remark and "annexgen_N_10" in remark for remark in done.remarks)


def test_references_lead_to_what_is_in_the_statement(annex: Annex) -> None:
    for statement in STATEMENTS.values():
        body = opened(insert(annex, statement(), "ours.docx").content).element.body
        marks = bookmarks(body)
        references = [(i.split()[1], r) for i, r in fields(body) if i.startswith("REF")]
        assert len(references) > 10
        for name, result in references:
            if name.startswith("_RefT"):
                assert marks[name] == result
        assert {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} <= set(marks)


def test_references_of_the_statement_follow_their_table(published: Annex) -> None:
    done = insert(published, with_headings(), "ours.docx")
    body = opened(done.content).element.body
    (table,) = (t for t in published.tables if t.title == "ACME CT PARAMETERS Private Module")
    assert bookmarks(body)["_Ref4711"] == f"Table {table.id}"
    # What is no more: the reference says where it was.
    assert bookmarks(body)["_Ref4712"] == "Annex A: Information Object Definitions"
    assert any("1 comment or bookmark found no caption" in remark for remark in done.remarks)


def test_headings_are_found_at_first_use_and_marked(published: Annex) -> None:
    done = insert(published, with_headings(), "ours.docx")
    assert done.places == (
        "1.1 Content and Transfer: found by its heading",
        "1.7 Specific Character Sets: found by its heading",
        "Annex A Information Object Definitions (IODs): found by its heading",
        "Annex B Structured Report Content Encoding: found by its heading",
    )
    names = {s.get(qn("w:name")) for s in opened(done.content).element.body.iter(qn("w:bookmarkStart"))}
    assert {"annexgen_N_1_1", "annexgen_N_1_7", "annexgen_N_9", "annexgen_N_10"} <= names
    assert any("Encoding - N/A" in remark for remark in done.remarks)
    again = insert(published, done.content, "ours.docx")
    assert all(place.endswith("found by its bookmark") for place in again.places)


def test_a_landscape_annex_stays_landscape(published: Annex) -> None:
    before = opened(with_headings()).sections
    after = opened(insert(published, with_headings(), "ours.docx").content).sections
    assert [s.orientation for s in before][-1] == [s.orientation for s in after][-1]
    assert after[0].different_first_page_header_footer
    assert {s.page_width for s in after} == {s.page_width for s in before}


def test_text_after_the_annexes_goes_back_to_portrait(annex: Annex) -> None:
    word = opened(insert(annex, with_bookmarks(), "ours.docx").content)
    widths = [s.page_width < s.page_height for s in word.sections]
    assert widths[0]
    assert widths[-1]
    assert not all(widths)
    assert all(s.header.paragraphs[0].text == "ACME CT 5000 Conformance Statement" for s in word.sections)
    assert [s.different_first_page_header_footer for s in word.sections] == [True] + [False] * (len(widths) - 1)


def test_comments_and_tracked_changes_stay(annex: Annex) -> None:
    done = insert(annex, under_revision(), "ours.docx")
    word = opened(done.content)
    assert [c.text for c in word.comments] == ["Our comment.", "Please check the patient's age.", "The last comment."]
    body = word.element.body
    for kind in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert sorted(e.get(qn("w:id")) for e in body.iter(qn(f"w:{kind}"))) == ["0", "1", "2"]
    (reference,) = (e for e in body.iter(qn("w:commentReference")) if e.get(qn("w:id")) == "1")
    paragraph = next(reference.iterancestors(qn("w:p")))
    assert "".join(t.text for t in paragraph.iter(qn("w:t"))) == "Table N.9-1. Patient Module"
    assert [e.get(qn("w:id")) for e in body.iter(qn("w:ins"), qn("w:del"))] == ["901", "902"]
    assert any("1 tracked change in the replaced text" in remark for remark in done.remarks)
    assert any("1 comment on the replaced text moved" in remark for remark in done.remarks)
    (control,) = body.iter(qn("w:sdt"))
    assert control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == "annexgen:N.9"
    assert control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is None
    assert len(list(control.iter(qn("w:tbl")))) == sum(t.id.startswith("N.9-") for t in annex.tables)


@pytest.mark.parametrize("name", STATEMENTS)
def test_doing_it_again_changes_nothing(name: str, annex: Annex, published: Annex) -> None:
    once = insert(annex, STATEMENTS[name](), "ours.docx").content
    assert insert(annex, once, "ours.docx").content == once
    other = insert(published, once, "ours.docx").content
    assert other != once
    assert insert(annex, other, "ours.docx").content == once


def test_own_documents_are_statements_too(annex: Annex, published: Annex) -> None:
    done = insert(published, document(annex), "annex.docx")
    assert list(captioned_tables(opened(done.content))) == [table.id for table in published.tables]
    assert len(done.remarks) == 1


def test_a_legend_explains_the_draft_and_leaves_with_it(annex: Annex) -> None:
    draft = insert(annex, with_bookmarks(), "ours.docx").content
    assert sum(p.text.startswith("Draft. Shaded cells") for p in opened(draft).paragraphs) == 2
    final = insert(annex, draft, "ours.docx", final=True).content
    assert not any("Shaded cells" in p.text for p in opened(final).paragraphs)


def test_headings_that_word_numbers_get_no_second_number(annex: Annex) -> None:
    word = Document()
    numbering = etree.fromstring(f'<w:numPr xmlns:w="{qn("w:x")[1:].partition("}")[0]}"><w:numId w:val="1"/></w:numPr>')
    word.styles["Heading 2"].element.get_or_add_pPr().append(numbering)
    word.add_heading("Information Object Definitions (IODs)", 1)
    place = word.add_paragraph()
    bookmark(place, place, "annexgen_N_9", 5)
    shown = headings(opened(insert(annex, saved(word), "ours.docx").content))
    assert (2, "CT Image IOD") in shown
    assert (3, "N.9.2.1 CT Image IOD Specific Modules") in shown


def test_the_styles_of_old_headings_are_used_again(annex: Annex) -> None:
    word = Document()
    style = word.styles.add_style("Our Annex Heading", 1)
    style.base_style = word.styles["Heading 2"]
    word.add_heading("Information Object Definitions (IODs)", 1)
    word.add_paragraph("Old IOD", style=style)
    result = opened(insert(annex, saved(word), "ours.docx").content)
    shown = [p.style.name for p in result.paragraphs if p.text == "N.9.2 CT Image IOD"]
    assert shown == ["Our Annex Heading"]


# What cannot be done is said


def _empty() -> bytes:
    word = Document()
    word.add_heading("Something else", 1)
    return saved(word)


def _partial() -> bytes:
    word = Document()
    first = word.add_paragraph("Before the mark.")
    bookmark(first, first, "annexgen_N_9", 1)
    start = next(first._p.iter(qn("w:bookmarkStart")))
    first._p.append(start)
    first._p.append(next(first._p.iter(qn("w:bookmarkEnd"))))
    return saved(word)


def _twice() -> bytes:
    word = Document()
    for number in (1, 2):
        place = word.add_paragraph()
        bookmark(place, place, ("annexgen_N_9", "annexgen_A")[number - 1], number)
    return saved(word)


def _two_headings() -> bytes:
    word = Document()
    for _ in range(2):
        word.add_heading("Structured Report Content Encoding", 1)
    return saved(word)


def _in_a_table() -> bytes:
    word = Document()
    place = word.add_table(1, 1).cell(0, 0).paragraphs[0]
    bookmark(place, place, "annexgen_N_9", 1)
    return saved(word)


def _half_a_field() -> bytes:
    from word_statements import field

    word = Document()
    first = word.add_paragraph()
    last = word.add_paragraph("end")
    field(first, "DATE", "today")
    end = list(first._p.iter(qn("w:fldChar")))[-1]
    run = end.getparent()
    word.add_paragraph("outside")._p.append(run)
    bookmark(first, last, "annexgen_N_9", 1)
    return saved(word)


def _strict() -> bytes:
    content = members(_empty())
    strict = content["word/document.xml"].replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, strict if name == "word/document.xml" else data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_empty, r"ours\.docx has no place for the annexes\. Mark the place in Word: .*annexgen_N_9"),
        (_partial, "the bookmark annexgen_N_9 begins or ends in the middle of a paragraph"),
        (_twice, "has two marks for annexgen_N_9"),
        (_two_headings, 'has 2 headings "Structured Report Content Encoding"'),
        (_in_a_table, "the bookmark annexgen_N_9 is not around whole paragraphs"),
        (_half_a_field, "a field .* begins inside the place for the annexes and ends outside"),
        (_strict, "is saved as Strict Open XML"),
        (lambda: b"PK\x03\x04 broken", "is not a Word document"),
    ],
)
def test_what_cannot_be_done_is_said(make: Callable[[], bytes], message: str, annex: Annex) -> None:
    with pytest.raises(WordError, match=message):
        insert(annex, make(), "ours.docx")


def test_a_mark_that_word_moved_is_found(annex: Annex) -> None:
    """Word may let a bookmark end at the beginning of the next paragraph."""
    once = insert(annex, with_bookmarks(), "ours.docx").content
    word = opened(once)
    body = word.element.body
    for name in ("annexgen_N_1_1", "annexgen_A"):
        start = next(e for e in body.iter(qn("w:bookmarkStart")) if e.get(qn("w:name")) == name)
        end = next(e for e in body.iter(qn("w:bookmarkEnd")) if e.get(qn("w:id")) == start.get(qn("w:id")))
        paragraph = next(end.iterancestors(qn("w:p"))).getnext()
        paragraph.insert(1, end)
    assert insert(annex, saved(word), "ours.docx").places == insert(annex, once, "ours.docx").places
    again = opened(insert(annex, saved(word), "ours.docx").content)
    assert [p.text for p in again.paragraphs] == [p.text for p in opened(once).paragraphs]
