"""WordprocessingML in strings: text, runs, paragraphs, fields, bookmarks; and the names of its elements in lxml.

Tables of thousands of rows are written as text and parsed once, which is many times faster than building them
element by element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape as _escape

from annexgen.render.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class WordError(ValueError):
    """A Word document cannot be used as it is; the message says why and what to do."""


def w(name: str) -> str:
    """The name of an element or attribute of WordprocessingML as lxml spells it."""
    return f"{{{W}}}{name}"


def attribute(text: str) -> str:
    """The text as the value of an attribute in double quotes."""
    return _escape(printable(text), {'"': "&quot;", "\n": " ", "\t": " "})


def run(text: str, properties: str = "") -> str:
    """A run with the text; a line end becomes a line break, a tab a tab. Nothing for no text."""
    if not text:
        return ""
    lines = []
    for line in printable(text).split("\n"):
        parts = [f'<w:t xml:space="preserve">{_escape(part)}</w:t>' if part else "" for part in line.split("\t")]
        lines.append("<w:tab/>".join(parts))
    return f"<w:r>{_properties(properties)}{'<w:br/>'.join(lines)}</w:r>"


def paragraph(style: str, content: str, properties: str = "") -> str:
    """A paragraph with the style's id. `properties` are further ones, in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{attribute(style)}"/>{properties}</w:pPr>{content}</w:p>'


def field(instruction: str, result: str, properties: str = "", *, dirty: bool = False) -> str:
    """A field with its computed result, a text. A dirty one is computed again when Word opens the document."""
    return field_begin(instruction, properties, dirty=dirty) + run(result, properties) + field_end(properties)


def field_begin(instruction: str, properties: str = "", *, dirty: bool = False) -> str:
    """The runs before the result of a field whose result is more than a text."""
    start = _properties(properties)
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r>{start}<w:fldChar w:fldCharType="begin"{mark}/></w:r>'
        f'<w:r>{start}<w:instrText xml:space="preserve"> {_escape(instruction)} </w:instrText></w:r>'
        f'<w:r>{start}<w:fldChar w:fldCharType="separate"/></w:r>'
    )


def field_end(properties: str = "") -> str:
    """The run after the result of a field."""
    return f'<w:r>{_properties(properties)}<w:fldChar w:fldCharType="end"/></w:r>'


def hyperlink(bookmark: str, content: str) -> str:
    """Runs that lead to a bookmark of the same document."""
    return f'<w:hyperlink w:anchor="{attribute(bookmark)}" w:history="1">{content}</w:hyperlink>'


def bookmark(name: str, number: int, content: str) -> str:
    """The content inside a bookmark. `number` is its id in the document."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{attribute(name)}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def parse(xml: Iterable[str]) -> list[etree._Element]:
    """The elements that the texts spell out, one after the other."""
    from lxml import etree

    text = f"<w:body {_NAMESPACES}>{''.join(xml)}</w:body>"
    root = etree.fromstring(text.encode("utf-8"), etree.XMLParser(huge_tree=True, resolve_entities=False))
    return list(root)


def _properties(properties: str) -> str:
    return f"<w:rPr>{properties}</w:rPr>" if properties else ""
