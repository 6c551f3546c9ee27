"""Statements as people maintain them, made with python-docx: marked by bookmarks, by headings only, under revision."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn


def saved(word: Any) -> bytes:
    buffer = BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def bookmark(first: Any, last: Any, name: str, number: int) -> None:
    """A bookmark from the beginning of one paragraph to the end of another."""
    start = OxmlElement("w:bookmarkStart")
    start.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    end = OxmlElement("w:bookmarkEnd")
    end.set(qn("w:id"), str(number))
    first._p.insert(1 if first._p.pPr is not None else 0, start)
    last._p.append(end)


def field(paragraph: Any, instruction: str, result: str) -> None:
    """A complex field at the end of a paragraph."""
    for kind in ("begin", "", "separate", "result", "end"):
        run = paragraph.add_run()
        if kind == "":
            run._r.append(parse_xml(f"<w:instrText {nsdecls('w')}> {instruction} </w:instrText>"))
        elif kind == "result":
            run.text = result
        else:
            run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))


def caption(word: Any, prefix: str, number: int, title: str, name: str = "", identifier: int = 0) -> Any:
    """A caption as Word writes it; with `name`, a bookmark around label and number."""
    paragraph = word.add_paragraph(style="Caption")
    start = OxmlElement("w:bookmarkStart")
    end = OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(identifier))
    start.set(qn("w:name"), name)
    if name:
        paragraph._p.append(start)
    paragraph.add_run(f"Table {prefix}-")
    field(paragraph, "SEQ Table \\* ARABIC", str(number))
    if name:
        paragraph._p.append(end)
    paragraph.add_run(f": {title}")
    return paragraph


def _frame() -> Any:
    word = Document()
    word.styles["Normal"].font.name = "Verdana"
    word.sections[0].header.paragraphs[0].text = "ACME CT 5000 Conformance Statement"
    word.sections[0].different_first_page_header_footer = True
    word.add_paragraph("ACME CT 5000", style="Title")
    word.add_paragraph("Our cover, written by hand.")
    return word


def with_bookmarks() -> bytes:
    """Sections of the overview and Annex A between bookmarks, our text before, between and after."""
    word = _frame()
    word.add_heading("Overview", 1)
    word.add_paragraph("What our product does.")
    word.add_heading("Content and Transfer", 2)
    old = word.add_paragraph("Old text about SOP Classes.")
    bookmark(old, word.add_paragraph("Second old paragraph."), "annexgen_N_1_1", 11)
    word.add_heading("DIMSE Services", 2)
    word.add_paragraph("Our own services.")
    table = word.add_table(2, 2)
    table.cell(0, 0).text = "Verification"
    word.add_heading("Information Object Definitions (IODs)", 1)
    place = word.add_paragraph()
    bookmark(place, place, "annexgen_A", 12)
    word.add_heading("Our own annex", 1)
    word.add_paragraph("The end.")
    return saved(word)


def with_headings() -> bytes:
    """No mark at all; numbers typed into headings, an old annex on landscape pages, and references to it."""
    word = _frame()
    word.add_heading("1 Overview", 1)
    word.add_heading("1.1 Content and Transfer", 2)
    word.add_paragraph("Old text.")
    word.add_heading("1.2 Specific Character Sets", 2)
    word.add_paragraph("Old character sets.")
    word.add_heading("5 Services", 1)
    word.add_heading("5.7 Specific Character Sets", 2)
    word.add_paragraph("Our own words about character sets.")
    see = word.add_paragraph("Private attributes: see ")
    field(see, "REF _Ref4711 \\h", "Table A-4")
    see.add_run(", and what is gone: ")
    field(see, "REF _Ref4712 \\h", "Table A-9")
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation, section.page_width, section.page_height = (
        WD_ORIENT.LANDSCAPE,
        section.page_height,
        section.page_width,
    )
    word.add_heading("Annex A: Information Object Definitions", 1)
    word.add_paragraph("Old introduction.")
    word.add_heading("A.1 Old shared modules", 2)
    caption(word, "A", 4, "ACME CT PARAMETERS Private Module", "_Ref4711", 21)
    word.add_table(1, 3).cell(0, 0).text = "old cell"
    caption(word, "A", 9, "Module that is no more", "_Ref4712", 22)
    word.add_table(1, 3)
    word.add_heading("Annex B: Structured Report Content Encoding - N/A", 1)
    word.add_paragraph("N/A")
    word.add_heading("Annex C", 1)
    word.add_paragraph("The end.")
    return saved(word)


def under_revision() -> bytes:
    """Tracked changes and comments, in our text and in the replaced one; a content control is the place."""
    word = _frame()
    word.add_heading("Introduction", 1)
    changed = word.add_paragraph("Text with ")
    author = 'w:author="Ada" w:date="2025-01-01T00:00:00Z"'
    changed._p.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="901" {author}><w:r><w:t>an insertion</w:t></w:r></w:ins>')
    )
    changed._p.append(
        parse_xml(f'<w:del {nsdecls("w")} w:id="902" {author}><w:r><w:delText>a deletion</w:delText></w:r></w:del>')
    )
    word.add_comment(changed.runs, "Our comment.", author="Ada", initials="A")
    word.add_heading("Information Object Definitions (IODs)", 1)
    inside = [word.add_paragraph("Old introduction.")]
    noted = caption(word, "N.9", 1, "Patient Module")
    word.add_comment(noted.runs, "Please check the patient's age.", author="Ada", initials="A")
    stray = word.add_paragraph("Something without a caption like it.")
    stray._p.append(parse_xml(f'<w:ins {nsdecls("w")} w:id="903" {author}><w:r><w:t>lost</w:t></w:r></w:ins>'))
    inside += [noted, stray]
    control = parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:alias w:val="Annex A"/><w:tag w:val="annexgen:N.9"/>'
        '<w:id w:val="77"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent/></w:sdt>'
    )
    inside[0]._p.addprevious(control)
    for paragraph in inside:
        control.find(qn("w:sdtContent")).append(paragraph._p)
    word.add_heading("After", 1)
    after = word.add_paragraph("The end.")
    word.add_comment(after.runs, "The last comment.", author="Bob", initials="B")
    return saved(word)


def blocks(content: bytes) -> list[Any]:
    """The blocks of the body, copied."""
    return [deepcopy(block) for block in Document(BytesIO(content)).element.body]
