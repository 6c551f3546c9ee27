"""The blocks of a Word document (paragraphs, tables, content controls): walking them, their texts, their headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.render.word_xml import w

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

_NUMBER = re.compile(
    r"^(?:(?:Annex|Appendix|Chapter|Section)\s+)?(?:(?:[A-Z]|\d+)(?:\.(?:[A-Z]|\d+))*)[.:)]?(?:\s*[-–—:]\s*|\s+)(?=\S)"
)
_CAPTION = re.compile(r"^Table\s+\S*\d\s*[.:–—-]*\s*")
_NOT_APPLICABLE = re.compile(r"\s*[-–—]\s*N/?A$")
_REMARK = re.compile(r"\s*\([^()]*\)$")
_CONTENT = ("t", "tab", "br", "drawing", "pict", "object", "sym", "noBreakHyphen", "footnoteReference")


def blocks(container: etree._Element) -> Iterator[etree._Element]:
    """The blocks of the body, those inside block-level content controls in their place, in reading order."""
    for child in container:
        if child.tag == w("sdt"):
            content = child.find(w("sdtContent"))
            if content is not None:
                yield from blocks(content)
        else:
            yield child


def block_of(element: etree._Element) -> tuple[etree._Element | None, etree._Element]:
    """The container (body or content control) that holds the element, and its child that the element is in.

    The container is None for what stands in no body: a cell of a table, a text box, a header.
    """
    child = element
    parent = child.getparent()
    while parent is not None:
        if parent.tag == w("body"):
            return parent, child
        if parent.tag == w("sdtContent") and _is_block(parent):
            return parent, child
        if parent.tag in (w("tc"), w("txbxContent"), w("hdr"), w("ftr")):
            return None, child
        child, parent = parent, parent.getparent()
    return None, child


def block_in(container: etree._Element | None, element: etree._Element) -> etree._Element | None:
    """The child of the container that the element is or stands in, also inside a table; None when in none."""
    child = element
    parent = child.getparent()
    while parent is not None and parent is not container:
        child, parent = parent, parent.getparent()
    return None if parent is None else child


def text(element: etree._Element) -> str:
    """The text that a reader sees; deleted text under revision is not part of it."""
    parts = []
    for child in element.iter(w("t"), w("tab"), w("br"), w("noBreakHyphen")):
        if child.tag == w("t"):
            parts.append(child.text or "")
        elif child.tag == w("noBreakHyphen"):
            parts.append("-")
        elif child.tag == w("br") or not _is_tab_stop(child):
            parts.append(" ")
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def label(words: str) -> str:
    """A heading or caption without its number and without "- N/A", for comparison."""
    words = _NOT_APPLICABLE.sub("", words.strip())
    bare = _CAPTION.sub("", words)
    if bare == words:
        # The template's headings have two numbers: N.9 A.A.
        bare = _NUMBER.sub("", _NUMBER.sub("", words))
    return bare.casefold()


def same_title(one: str, other: str) -> bool:
    """Whether two headings say the same, be it without a remark in brackets at the end: (IODs)."""
    first, second = label(one), label(other)
    return bool(first) and (first == second or _REMARK.sub("", first) == _REMARK.sub("", second))


def has_content(element: etree._Element) -> bool:
    """Whether there is anything to see in a paragraph, or in a part of one."""
    return any(True for _ in element.iter(*map(w, _CONTENT)))


def content_before(block: etree._Element, mark: etree._Element) -> bool:
    """Whether the block shows anything before the mark inside it."""
    return _content_until(block.iter(), mark)


def content_after(block: etree._Element, mark: etree._Element) -> bool:
    """Whether the block shows anything after the mark inside it."""
    return _content_until(reversed(list(block.iter())), mark)


def _content_until(elements: Iterable[etree._Element], mark: etree._Element) -> bool:
    names = set(map(w, _CONTENT))
    for element in elements:
        if element is mark:
            return False
        if element.tag in names:
            return True
    return False


def _is_block(content: etree._Element) -> bool:
    """Whether the content of a content control stands among paragraphs, not inside one."""
    control = content.getparent()
    parent = None if control is None else control.getparent()
    if parent is None or parent.tag == w("body"):
        return parent is not None
    return parent.tag == w("sdtContent") and _is_block(parent)


def _is_tab_stop(tab: etree._Element) -> bool:
    """Whether a tab belongs to the properties of a paragraph, not to its text."""
    parent = tab.getparent()
    return parent is not None and parent.tag == w("tabs")
