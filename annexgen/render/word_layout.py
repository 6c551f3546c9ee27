"""Section breaks around new content, so that the pages before and after it stay as they were."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from annexgen.render.word_pages import continues, is_landscape, turned
from annexgen.render.word_xml import parse, w

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from annexgen.render.word_body import Stretch
    from annexgen.render.word_empty import Emptied


def laid_out(
    stretches: Sequence[Stretch], one: Emptied, first: etree._Element, after: etree._Element, style: str
) -> list[etree._Element]:
    """The blocks of the stretches with breaks between portrait and landscape.

    `first` are the properties of the section that the place begins in, `after` those of the one that follows it;
    `style` is the id of the style of paragraphs that end a section. The last stretch is closed by a break when
    its orientation asks for it, or when the old content ended in one: writing again gives the same breaks.
    """
    original = deepcopy(first)
    current = original
    blocks: list[etree._Element] = []
    for stretch in stretches:
        if stretch.landscape is not is_landscape(current):
            blocks.append(section_break(current, style))
            current = turned(original, landscape=stretch.landscape)
        blocks += parse(stretch.blocks)
    unbroken = current is original
    close = one.closed or is_landscape(current) is not is_landscape(after) or (bool(one.breaks) and unbroken)
    if close:
        blocks.append(section_break(current, style))
    if (close or not unbroken) and not one.breaks:
        continues(after)
    return blocks


def section_break(properties: etree._Element, style: str) -> etree._Element:
    """An empty paragraph that ends a section with a copy of these properties."""
    (paragraph,) = parse([f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr></w:p>'])
    paragraph.find(w("pPr")).append(deepcopy(properties))  # type: ignore[union-attr]
    return paragraph
