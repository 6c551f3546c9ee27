"""Fills the places of a Word document with the annexes and with what stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.render import word_front
from annexgen.render import word_styles as style
from annexgen.render.texts import depth
from annexgen.render.word_anchors import attach, referenced_bookmarks
from annexgen.render.word_body import BodyWriter, Headings, Part, Stretch, heading_level, parts
from annexgen.render.word_empty import Emptied, empty, first_free_number, new_place
from annexgen.render.word_layout import laid_out, section_break
from annexgen.render.word_pages import is_landscape, text_width
from annexgen.render.word_places import FRONT, WHOLE, Place, mark_name, sections_of
from annexgen.render.word_references import Links, section_bookmark
from annexgen.render.word_styles import MAX_HEADING, Styles
from annexgen.render.word_tables import Numbers, TableWriter
from annexgen.render.word_xml import bookmark, paragraph, parse, w

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex
    from annexgen.render.word_package import Package

HISTORY = "revisions"
"""The kind of the table that tells what changed."""


@dataclass(frozen=True, slots=True)
class Filling:
    """How a document is filled: `final` without the marks of a draft, `legend` with one in every part, `changes` marked."""

    final: bool = False
    legend: bool = False
    changes: ChangedRows | None = None


def fill(package: Package, annex: Annex, places: Sequence[Place], filling: Filling) -> list[Emptied]:
    """Fill the places of the document with the annexes; what became of each place.

    Errors: `word_xml.WordError` when the content of a place cannot be taken out.
    """
    return _Filler(package, annex, places, filling).fill()


class _Filler:
    """Fills one document."""

    def __init__(self, package: Package, annex: Annex, places: Sequence[Place], filling: Filling) -> None:
        self._package = package
        self._body = package.body
        self._annex = annex
        self._places = places
        self._filling = filling
        self._styles = Styles(package)
        whole = any(place.key == WHOLE for place in places)
        sections = annex.sections if whole else sections_of(places)
        self._links = Links(annex, sections, self._styles.id(style.REFERENCE))
        self._end = self._styles.id(style.SECTION_END)

    def fill(self) -> list[Emptied]:
        # All places are emptied, and their headings named, before anything is written: what ids are free then
        # does not depend on an earlier filling.
        removed = [block for place in self._places for block in place.blocks]
        names = referenced_bookmarks(self._package, removed) - self._links.bookmarks
        emptied = [empty(place, names, self._styles, self._package.name) for place in self._places]
        self._numbers = Numbers(first_free_number(self._body, emptied))
        for place in self._places:
            if place.part is not None and place.heading is not None:
                self._name_heading(place.heading, place.part)
        filling = self._filling
        tables = TableWriter(self._styles, self._links, self._numbers, final=filling.final, changes=filling.changes)
        self._writer = BodyWriter(self._annex, self._styles, self._links, self._numbers, tables)
        for one in emptied:
            if one.place.part is not None:
                self._part(one, one.place.part)
            elif one.place.key in FRONT:
                self._front(one)
            else:
                self._whole(one)
        return emptied

    def _whole(self, one: Emptied) -> None:
        """Write all headings, and below each of them its part as if its place had been marked there."""
        headings = Headings.of(self._styles, range(1, MAX_HEADING + 1))
        by_section = {part.head.id: part for part in parts(self._annex)}
        inner = {section.id for part in by_section.values() for section in part.inner}
        before = one.marker.getprevious()
        if one.breaks:
            one.insert([section_break(one.breaks[0], self._end)])
        for section in self._annex.sections:
            if section.id in inner:
                continue
            (heading,) = parse([self._writer.heading(section, headings)])
            one.insert([heading])
            part = by_section.get(section.id)
            if part is None and self._filling.final:
                continue
            if part is None:
                for stretch in self._writer.part(Part("", section), headings, one.page(self._body)):
                    one.insert(parse(stretch.blocks))
                continue
            name = mark_name(part)
            place = Place(name, name, "whole", one.place.container, reference=one.marker, heading=heading, part=part)
            self._part(new_place(place), part)
        fresh = list(one.marker.itersiblings(preceding=True))[::-1]
        fresh = fresh[0 if before is None else fresh.index(before) + 1 :]
        one.attached = attach(one.kept, fresh, self._styles)
        for block in one.attached.before:
            (fresh[0] if fresh else one.marker).addprevious(block)
        one.insert(one.attached.after)
        one.close()

    def _part(self, one: Emptied, part: Part) -> None:
        after = one.page(self._body)
        first = one.breaks[0] if one.breaks else after
        if one.place.heading is None:
            headings = Headings.of(self._styles, range(1, MAX_HEADING + 1))
            one.insert(parse([self._writer.heading(part.head, headings)]))
        else:
            headings = self._headings_below(one.place.heading, one.levels, part)
        self._numbers.restart()
        stretches = self._writer.part(part, headings, first)
        stretches.insert(0, Stretch(is_landscape(first), self._legend(part)))
        blocks = self._apart(laid_out(stretches, one, first, after, self._end), one)
        one.attached = attach(one.kept, blocks, self._styles, one.place.heading)
        if one.place.how != "control":
            blocks = self._marked(one.place, part, blocks)
        one.insert(one.attached.around(blocks))
        one.close()

    def _legend(self, part: Part) -> list[str]:
        """What explains marks at the head of a part: in a statement of all, in a document of annexgen's in the revision history."""
        filling, xml = self._filling, []
        if filling.legend and not filling.final and any(section.tables for section in part.sections):
            xml.append(word_front.legend(self._styles))
        if filling.changes is None:
            return xml
        tables = [identifier for section in part.sections for identifier in section.tables]
        marked = filling.legend and any(identifier in filling.changes.tables for identifier in tables)
        if marked or any(self._annex.table(one).kind == HISTORY for one in tables):
            xml.append(word_front.legend_of_changes(self._styles, filling.changes))
        return xml

    def _apart(self, blocks: list[etree._Element], one: Emptied) -> list[etree._Element]:
        """The blocks, with an empty paragraph where a table would touch the next one or end the document."""
        following = one.marker.getnext()
        while following is not None and following.tag in (w("bookmarkStart"), w("bookmarkEnd")):
            following = following.getnext()
        if blocks and blocks[-1].tag == w("tbl") and (following is None or following.tag != w("p")):
            return [*blocks, *parse([paragraph(self._end, "")])]
        return blocks

    def _marked(self, place: Place, part: Part, blocks: list[etree._Element]) -> list[etree._Element]:
        """The blocks inside a bookmark by which the place is found the next time."""
        # The bookmark begins and ends inside paragraphs: programs other than Word lose one that stands between.
        name = place.name if place.how == "bookmark" else mark_name(part)
        start, end = parse([bookmark(name, self._numbers.bookmark(), "")])
        if not blocks or blocks[0].tag != w("p"):
            blocks = [*parse([paragraph(self._end, "")]), *blocks]
        if blocks[-1].tag != w("p"):
            blocks = [*blocks, *parse([paragraph(self._end, "")])]
        blocks[0].insert(1 if blocks[0].find(w("pPr")) is not None else 0, start)
        blocks[-1].append(end)
        return blocks

    def _headings_below(self, heading: etree._Element, used: dict[int, str], part: Part) -> Headings:
        """Headings that fit below the place's: its level, and the styles that the old content had."""
        offset = self._styles.outline_level(heading) - depth(part.head)
        levels: dict[int, str] = {}
        numbered: set[int] = set()
        for level in sorted({heading_level(section, offset) for section in part.inner}):
            levels[level] = used.get(level) or self._styles.heading(level)
            (sample,) = parse([paragraph(levels[level], "")])
            if self._styles.is_numbered(sample):
                numbered.add(level)
        return Headings(levels, frozenset(numbered), offset)

    def _name_heading(self, heading: etree._Element, part: Part) -> None:
        """Give the heading of a statement the bookmark that links lead to, unless it has it already."""
        name = section_bookmark(part.head)
        if any(mark.get(w("name")) == name for mark in heading.iter(w("bookmarkStart"))):
            return
        start, end = parse([bookmark(name, self._numbers.bookmark(), "")])
        heading.insert(1 if heading.find(w("pPr")) is not None else 0, start)
        heading.append(end)

    def _front(self, one: Emptied) -> None:
        """Write what stands around the annexes."""
        final = self._filling.final
        page = one.page(self._body)
        xml: list[str] = []
        if one.place.key == "annexgen_contents":
            xml = word_front.contents(self._annex, self._styles, findings=not final)
        elif one.place.key == "annexgen_tables":
            xml = word_front.list_of_tables(self._annex, self._styles)
        elif one.place.key == "annexgen_notice" and not final:
            xml = list(word_front.notice(self._annex, self._styles, self._filling.changes))
        elif not final:
            width = text_width(page, landscape=is_landscape(page))
            xml = list(word_front.findings(self._annex, self._styles, self._links, width))
        blocks = self._apart(parse(xml), one)
        one.attached = attach(one.kept, blocks, self._styles)
        one.insert(one.attached.around(blocks))
        one.close()
