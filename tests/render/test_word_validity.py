"""Nothing in a document makes Word refuse or repair it: drafts, finals, own templates, statements."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from docx import Document
from word_statements import saved, under_revision, with_bookmarks, with_headings
from word_validity import faults

from annexgen.render.word import WordOptions, document
from annexgen.render.word_into import insert

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from annexgen.annex.model import Annex


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("scheme", ["annex", "published"])
def test_a_document_is_valid(final: bool, scheme: str, request: pytest.FixtureRequest) -> None:
    assert faults(document(request.getfixturevalue(scheme), WordOptions(final=final))) == []


@pytest.mark.parametrize("final", [False, True])
def test_a_document_in_somebodys_template_is_valid(final: bool, annex: Annex, tmp_path: Path) -> None:
    path = tmp_path / "mine.docx"
    word = Document()
    word.add_paragraph("{{ product }}")
    path.write_bytes(saved(word))
    known = set(faults(path.read_bytes()))
    assert set(faults(document(annex, WordOptions(final=final, template=path)))) <= known


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("statement", [with_bookmarks, with_headings, under_revision])
def test_a_statement_stays_valid(statement: Callable[[], bytes], final: bool, annex: Annex) -> None:
    content = statement()
    known = set(faults(content))
    once = insert(annex, content, "ours.docx", final=final).content
    assert set(faults(once)) <= known
    assert set(faults(insert(annex, once, "ours.docx", final=not final).content)) <= known


SPOILT = {
    "order of properties": (r"<w:keepNext/>", "<w:jc/><w:keepNext/>", "pPr has"),
    "a property twice": (r"<w:keepNext/>", "<w:keepNext/><w:keepNext/>", "a child twice"),
    "order of borders": (
        "<w:tcBorders>",
        '<w:tcBorders><w:bottom w:val="nil"/><w:top w:val="nil"/>',
        "tcBorders has",
    ),
    "a cell without paragraph": (r"<w:p>(?:(?!</w:p>).)*</w:p></w:tc>", "</w:tc>", "tc ends in"),
    "a width that is no number": (r'<w:tcW w:w="\d+"', '<w:tcW w:w="12.5"', "tcW has w"),
    "a width of another column": (r'<w:tcW w:w="\d+"', '<w:tcW w:w="1"', "width is not that"),
    "a row with too few cells": (r"</w:tc><w:tc>(?:(?!</w:tc>).)*</w:tc></w:tr>", "</w:tc></w:tr>", "columns"),
    "an unknown style": (r'<w:pStyle w:val="Caption"/>', '<w:pStyle w:val="Legend"/>', "no paragraph style"),
    "a link to nowhere": (r'w:anchor="[^"]*"', 'w:anchor="nowhere"', "a link to nowhere"),
    "a reference to nowhere": (r" REF _Ref\w+", " REF _RefT_0", "a reference to _RefT_0"),
    "an element of another place": (r"<w:cantSplit/>", "<w:cantSplit/><w:keepNext/>", "trPr holds keepNext"),
    "a run in a cell": (r"</w:p></w:tc>", "</w:p><w:r/></w:tc>", "tc holds r"),
    "white space": (r' xml:space="preserve"> ', "> ", "white space"),
    "a bookmark twice": (r'(<w:bookmarkStart w:id=")\d+', r"\g<1>1", "bookmark"),
    "a bookmark's name": (r'(<w:bookmarkStart [^>]*w:name=")', r"\1two words ", "no name for a bookmark"),
    "a field that does not end": (r'<w:fldChar w:fldCharType="end"/>', "", "do not end"),
    "a header that is not there": (r'(<w:headerReference [^>]*r:id=")[^"]*', r"\1rId99", "relationship rId99"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_faults_are_found(what: str, annex: Annex) -> None:
    pattern, replacement, message = SPOILT[what]
    buffer = BytesIO()
    with ZipFile(BytesIO(document(annex))) as source, ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                text, count = re.subn(pattern, replacement, content.decode(), count=2, flags=re.DOTALL)
                assert count
                content = text.encode()
            target.writestr(name, content)
    assert any(message in fault for fault in faults(buffer.getvalue()))


@pytest.mark.parametrize(
    ("member", "message"), [("word/header1.xml", "is not there"), ("word/numbering.xml", "no list 1")]
)
def test_missing_parts_are_found(member: str, message: str, annex: Annex) -> None:
    buffer = BytesIO()
    with ZipFile(BytesIO(document(annex))) as source, ZipFile(buffer, "w") as target:
        for name in source.namelist():
            if name != member:
                target.writestr(name, source.read(name))
    assert any(message in fault for fault in faults(buffer.getvalue()))
