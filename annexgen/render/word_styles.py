"""The styles of a Word document: found by their names, and lent by annexgen's own document where they are missing."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from annexgen.render.word_template import own_part
from annexgen.render.word_xml import W, WordError, w

if TYPE_CHECKING:
    from lxml import etree

    from annexgen.render.word_package import Package

TABLE = "Annex Table"
TABLE_TEXT = "Annex Table Text"
TABLE_HEADING = "Annex Table Heading"
FOOTNOTE = "Annex Footnote"
NOTICE = "Annex Notice"
FORMER = "Annex Former"
SECTION_END = "Annex Section End"
REFERENCE = "Annex Reference"
PROPOSED = "Annex Proposed"
UNKNOWN = "Annex Unknown"
CAPTION = "caption"
BULLET = "List Bullet"
BODY = "Normal"
TABLE_OF_FIGURES = "table of figures"
MAX_HEADING = 6

_EMPTY = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{0} xmlns:w="{1}"/>'
_DEPTH = 20


class Styles:
    """The styles of one document, by the names that Word gives them in every language ("heading 1")."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._part = package.part("styles") or package.add_part("styles", _EMPTY.format("styles", W).encode())
        self._root = package.tree(self._part)
        self._by_id = {style.get(w("styleId"), ""): style for style in self._root.iterfind(w("style"))}
        self._by_name: dict[str, str] = {}
        for identifier, style in self._by_id.items():
            self._by_name.setdefault(_name(style).casefold(), identifier)

    def id(self, name: str) -> str:
        """The id of the style with this name; a style that the document lacks is added to it."""
        known = self._by_name.get(name.casefold())
        return self._lend(name) if known is None else known

    def heading(self, level: int) -> str:
        """The id of the heading style of a level, 1 being the highest."""
        return self.id(f"heading {min(level, MAX_HEADING)}")

    def outline_level(self, paragraph: etree._Element) -> int:
        """1 for a paragraph that is a heading of the highest level, and so on; 0 for one that is no heading."""
        properties = paragraph.find(w("pPr"))
        for source in self._sources(properties):
            level = source.find(w("outlineLvl"))
            if level is not None:
                value = int(level.get(w("val"), "9"))
                return value + 1 if value < 9 else 0
        style = self._by_id.get(self.style_of(paragraph))
        match = re.fullmatch(r"heading ([1-9])", _name(style).casefold()) if style is not None else None
        return int(match[1]) if match else 0

    def is_numbered(self, paragraph: etree._Element) -> bool:
        """Whether Word itself numbers the paragraph, so that its text holds no number."""
        for source in self._sources(paragraph.find(w("pPr"))):
            number = source.find(f"{w('numPr')}/{w('numId')}")
            if number is not None:
                return number.get(w("val")) != "0"
        return False

    def space_before(self, paragraph: etree._Element) -> int:
        """The space that the paragraph's styles leave before it (twentieths of a point)."""
        for source in self._sources(paragraph.find(w("pPr"))):
            spacing = source.find(w("spacing"))
            before = None if spacing is None else spacing.get(w("before"))
            if before is not None:
                return int(before) if str(before).isdecimal() else 0
        return 0

    def style_of(self, paragraph: etree._Element) -> str:
        """The id of the paragraph's style, or nothing for the default one."""
        style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
        return "" if style is None else str(style.get(w("val"), ""))

    def header_fill(self) -> str:
        """The colour of the first row in the style of the annexes' tables, or nothing."""
        style = self._by_id[self.id(TABLE)]
        for conditional in style.iterfind(w("tblStylePr")):
            shading = conditional.find(f"{w('tcPr')}/{w('shd')}")
            if conditional.get(w("type")) == "firstRow" and shading is not None:
                return str(shading.get(w("fill"), ""))
        return ""

    def _sources(self, properties: etree._Element | None) -> list[etree._Element]:
        """The paragraph properties that count for a paragraph, its own first, then those of its styles."""
        found = [] if properties is None else [properties]
        style = None if properties is None else properties.find(w("pStyle"))
        identifier = "" if style is None else style.get(w("val"), "")
        for _ in range(_DEPTH):
            element = self._by_id.get(identifier)
            if element is None:
                break
            own = element.find(w("pPr"))
            if own is not None:
                found.append(own)
            base = element.find(w("basedOn"))
            identifier = "" if base is None else base.get(w("val"), "")
        return found

    def _lend(self, name: str) -> str:
        own = own_part("word/styles.xml")
        source = next((style for style in own if style.tag == w("style") and _name(style) == name), None)
        if source is None:
            raise WordError(f"the style {name!r} is unknown")
        style = deepcopy(source)
        wanted = style.get(w("styleId"), "")
        identifier = next(i for n in range(len(self._by_id) + 2) if (i := f"{wanted}{n or ''}") not in self._by_id)
        style.set(w("styleId"), identifier)
        if style.get(w("default")) is not None and self._has_default(style.get(w("type"), "")):
            del style.attrib[w("default")]
        self._by_id[identifier] = style
        self._by_name[name.casefold()] = identifier
        names = {other.get(w("styleId")): _name(other) for other in own.iterfind(w("style"))}
        for tag in ("basedOn", "next"):
            link = style.find(w(tag))
            if link is not None:
                link.set(w("val"), self.id(names[link.get(w("val"))]))
        number = style.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}")
        if number is not None:
            number.set(w("val"), self._lend_list(identifier))
        self._package.editable(self._part).append(style)
        return identifier

    def _has_default(self, kind: str) -> bool:
        return any(s.get(w("default")) == "1" and s.get(w("type")) == kind for s in self._root.iterfind(w("style")))

    def _lend_list(self, style: str) -> str:
        """Add the list of bullets to the document; the number of its list."""
        part = self._package.part("numbering")
        part = part or self._package.add_part("numbering", _EMPTY.format("numbering", W).encode())
        root = self._package.editable(part)
        own = own_part("word/numbering.xml")
        abstract, concrete = deepcopy(own.find(w("abstractNum"))), deepcopy(own.find(w("num")))
        lists = list(root.iterfind(w("abstractNum")))
        number = str(1 + max((int(e.get(w("abstractNumId"), "0")) for e in lists), default=-1))
        identifier = str(1 + max((int(e.get(w("numId"), "0")) for e in root.iterfind(w("num"))), default=0))
        abstract.set(w("abstractNumId"), number)
        abstract.find(f"{w('lvl')}/{w('pStyle')}").set(w("val"), style)
        concrete.set(w("numId"), identifier)
        concrete.find(w("abstractNumId")).set(w("val"), number)
        place = 1 + max((root.index(e) for e in lists), default=-1)
        root.insert(place, abstract)
        place = 1 + max((root.index(e) for e in root if e.tag in (w("num"), w("abstractNum"))), default=-1)
        root.insert(place, concrete)
        return identifier


def _name(style: etree._Element) -> str:
    name = style.find(w("name"))
    return "" if name is None else str(name.get(w("val"), ""))
