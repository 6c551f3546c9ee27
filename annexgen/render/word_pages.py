"""Page setup: the section properties of Word in portrait and landscape, and the width that they leave for text."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from annexgen.render.word_xml import w

if TYPE_CHECKING:
    from lxml import etree

_LETTER = ("12240", "15840")
_MARGIN = 1440
# The order of these children in the schema; headers and footers come before them.
_BEFORE_SIZE = ("headerReference", "footerReference", "footnotePr", "endnotePr", "type")


def governing(block: etree._Element | None, body: etree._Element) -> etree._Element:
    """The properties of the section that a block of the body stands in: the next ones that follow it.

    `block` is the first that is looked at; None stands for the end of the body. A body without properties gets
    those that Word assumes.
    """
    while block is not None:
        found = section_end(block)
        if found is not None:
            return found
        block = following(block, body)
    last = body.find(w("sectPr"))
    if last is None:
        from lxml import etree

        last = etree.SubElement(body, w("sectPr"))
        etree.SubElement(last, w("pgSz"), {w("w"): _LETTER[0], w("h"): _LETTER[1]})
    return last


def following(block: etree._Element, body: etree._Element) -> etree._Element | None:
    """The next block, also beyond the end of a content control."""
    parent: etree._Element | None = block
    while parent is not None and parent is not body:
        sibling = parent.getnext()
        if sibling is not None:
            return sibling
        parent = parent.getparent()
    return None


def section_end(block: etree._Element) -> etree._Element | None:
    """The section properties that a block ends, if it ends a section; in a content control, the first."""
    if block.tag == w("p"):
        return block.find(f"{w('pPr')}/{w('sectPr')}")
    return next(block.iter(w("sectPr")), None) if block.tag != w("sectPr") else block


def is_landscape(properties: etree._Element) -> bool:
    """Whether the pages of the section are wider than high."""
    width, height = _size(properties)
    return width > height


def text_width(properties: etree._Element, *, landscape: bool) -> int:
    """The width for text on pages of this section, turned if need be (twentieths of a point)."""
    size = sorted(_size(properties))
    margins = properties.find(w("pgMar"))
    taken = 2 * _MARGIN
    if margins is not None:
        taken = sum(_number(margins.get(w(side)), 0) for side in ("left", "right", "gutter"))
    return max(size[1 if landscape else 0] - taken, 2 * _MARGIN)


def turned(properties: etree._Element, *, landscape: bool) -> etree._Element:
    """A copy that begins a new page in this orientation and goes on with page numbers, headers and footers."""
    copy = deepcopy(properties)
    continues(copy)
    small, large = (str(side) for side in sorted(_size(properties)))
    size = copy.find(w("pgSz"))
    if size is None:
        from lxml import etree

        size = etree.Element(w("pgSz"))
        place = sum(child.tag in map(w, _BEFORE_SIZE) for child in copy)
        copy.insert(place, size)
    size.attrib.pop(w("orient"), "")
    size.set(w("w"), large if landscape else small)
    size.set(w("h"), small if landscape else large)
    if landscape:
        size.set(w("orient"), "landscape")
    columns = copy.find(w("cols"))
    if columns is not None:
        copy.remove(columns)
    return copy


def continues(properties: etree._Element) -> None:
    """Make the section one that goes on after another: on a new page, without a first page of its own."""
    from lxml import etree

    for name in ("type", "titlePg"):
        child = properties.find(w(name))
        if child is not None:
            properties.remove(child)
    numbering = properties.find(w("pgNumType"))
    if numbering is not None:
        numbering.attrib.pop(w("start"), "")
    place = sum(child.tag in map(w, _BEFORE_SIZE) for child in properties)
    kind = etree.Element(w("type"), {w("val"): "nextPage"})
    properties.insert(place, kind)


def _size(properties: etree._Element) -> tuple[int, int]:
    size = properties.find(w("pgSz"))
    if size is None:
        return int(_LETTER[0]), int(_LETTER[1])
    return _number(size.get(w("w")), int(_LETTER[0])), _number(size.get(w("h")), int(_LETTER[1]))


def _number(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise
