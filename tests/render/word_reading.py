"""Reads a Word document back with python-docx: its captions, tables, headings, fields and bookmarks."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject

CAPTION = re.compile(r"Table (\S+)\. (.*)", re.DOTALL)


def opened(content: bytes) -> DocumentObject:
    return Document(BytesIO(content))


def captioned_tables(document: DocumentObject) -> dict[str, tuple[str, Table, list[str]]]:
    """Every table below a caption by its id: the title, the table, and the paragraphs right below it."""
    found: dict[str, tuple[str, Table, list[str]]] = {}
    caption: re.Match[str] | None = None
    below: list[str] | None = None
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            if caption is not None:
                below = []
                assert caption[1] not in found
                found[caption[1]] = (caption[2], block, below)
            caption = None
            continue
        style = block.style.name if block.style is not None else ""
        caption = CAPTION.fullmatch(block.text) if style == "Caption" else None
        if style == "Annex Footnote" and below is not None:
            below.append(block.text)
        else:
            below = None
    return found


def headings(document: DocumentObject) -> list[tuple[int, str]]:
    return [
        (int(block.style.name.removeprefix("Heading ")), block.text)
        for block in document.iter_inner_content()
        if isinstance(block, Paragraph) and block.style is not None and block.style.name.startswith("Heading ")
    ]


def row_texts(row: Any) -> list[str]:
    """The texts of a row's cells; one that spans columns counts once."""
    return ["\n".join(p.text for p in Table_cell(cell)) for cell in row._tr.tc_lst]


def Table_cell(cell: Any) -> list[Paragraph]:  # noqa: N802
    return [Paragraph(p, None) for p in cell.iter(qn("w:p"))]  # type: ignore[arg-type]


def fields(element: Any) -> list[tuple[str, str]]:
    """Every field below the element: its instruction and its result as text."""
    found: list[tuple[str, str]] = []
    stack: list[list[Any]] = []
    for child in element.iter(qn("w:fldChar"), qn("w:instrText"), qn("w:t")):
        if child.tag == qn("w:t"):
            for entry in stack:
                entry[1] += (child.text or "") if entry[2] else ""
        elif child.tag == qn("w:instrText"):
            stack[-1][0] += child.text
        else:
            kind = child.get(qn("w:fldCharType"))
            if kind == "begin":
                stack.append(["", "", False])
            elif kind == "separate":
                stack[-1][2] = True
            else:
                instruction, result, _ = stack.pop()
                found.append((instruction.strip(), result))
    assert not stack
    return found


def bookmarks(element: Any) -> dict[str, str]:
    """The text inside every bookmark that lies within one paragraph."""
    found = {}
    for start in element.iter(qn("w:bookmarkStart")):
        parts = []
        sibling = start.getnext()
        while sibling is not None and not (
            sibling.tag == qn("w:bookmarkEnd") and sibling.get(qn("w:id")) == start.get(qn("w:id"))
        ):
            parts += [t.text or "" for t in sibling.iter(qn("w:t"))] if sibling.tag == qn("w:r") else []
            sibling = sibling.getnext()
        name = start.get(qn("w:name"))
        assert name not in found, f"two bookmarks {name}"
        found[name] = "".join(parts)
    return found
