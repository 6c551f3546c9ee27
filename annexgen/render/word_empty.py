"""Takes out what stands in a place of a Word document, and remembers what the new content needs of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.render.word_anchors import Attached, Kept, take
from annexgen.render.word_pages import following, governing
from annexgen.render.word_xml import w

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml import etree

    from annexgen.render.word_places import Place
    from annexgen.render.word_styles import Styles

_MARKER = "annexgen-place"


@dataclass(slots=True)
class Emptied:
    """A place without its old content: new blocks go before `marker`, until `close` takes it out.

    `breaks` are the section properties that were in the old content, `closed` says that its last block ended a
    section, `levels` are the styles that its headings had. `attached` tells what became of its anchors.
    """

    place: Place
    marker: etree._Element
    kept: Kept = field(default_factory=Kept)
    breaks: list[etree._Element] = field(default_factory=list)
    closed: bool = False
    levels: dict[int, str] = field(default_factory=dict)
    attached: Attached = field(default_factory=Attached)

    def insert(self, blocks: Iterable[etree._Element]) -> None:
        """Put blocks at the end of the new content."""
        for block in blocks:
            self.marker.addprevious(block)

    def page(self, body: etree._Element) -> etree._Element:
        """The properties of the section that follows the place."""
        return governing(following(self.marker, body), body)

    def close(self) -> None:
        """Take the marker out."""
        _remove(self.marker)


def new_place(place: Place) -> Emptied:
    """A place that holds nothing yet."""
    from lxml import etree

    marker = etree.Element(_MARKER)
    if place.reference is None:
        place.container.append(marker)
    else:
        place.reference.addprevious(marker)
    return Emptied(place, marker)


def empty(place: Place, names: set[str], styles: Styles, document: str) -> Emptied:
    """Take out the old content and the marks of a place.

    `names` are the bookmarks that other text refers to; `document` is what messages call the document.
    Errors: `word_xml.WordError` when a field is only partly inside.
    """
    one = new_place(place)
    one.kept = take(place.blocks, names, styles, document)
    for block in place.blocks:
        one.breaks += block.iter(w("sectPr"))
        level = styles.outline_level(block) if block.tag == w("p") else 0
        if level:
            one.levels.setdefault(level, styles.style_of(block))
    if place.blocks:
        one.closed = place.blocks[-1].find(f"{w('pPr')}/{w('sectPr')}") is not None
    for element in (*place.marks, *place.blocks):
        _remove(element)
    control = place.container.getparent() if place.how == "control" else None
    placeholder = None if control is None else control.find(f"{w('sdtPr')}/{w('showingPlcHdr')}")
    if placeholder is not None:
        _remove(placeholder)
    return one


def first_free_number(body: etree._Element, emptied: Sequence[Emptied]) -> int:
    """An id for bookmarks from which on no mark of the document, and none that was kept, has one."""
    roots = [body]
    for one in emptied:
        roots += [*one.kept.before, *one.kept.after]
        roots += [element for anchor in one.kept.anchors for element in (*anchor.start, *anchor.end)]
    found = [0]
    for root in roots:
        for element in root.iter(w("bookmarkStart"), w("bookmarkEnd")):
            number = str(element.get(w("id"), ""))
            if number.isdecimal():
                found.append(int(number))
    return max(found) + 1


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
