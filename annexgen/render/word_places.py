"""Where the annexes belong in a statement: marks that people made (bookmarks, content controls), else headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.render import word_blocks
from annexgen.render.word_xml import WordError, w

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from annexgen.annex.model import Section
    from annexgen.render.word_body import Part
    from annexgen.render.word_styles import Styles

MARK = "annexgen"
WHOLE = "annexgen"
FRONT = ("annexgen_notice", "annexgen_contents", "annexgen_tables", "annexgen_findings")
_OVERVIEW_TITLE = "Overview"
_ANNEXES = {"N_9": "A", "N_10": "B", "N_11": "C", "N_12": "D", "N_13": "E"}

HOW_TO_MARK = (
    "Mark the place in Word: select the paragraphs that annexgen is to replace (or click into an empty one), choose "
    "Insert, Bookmark, and name it {names}; or put a rich text content control around them with such a name as its "
    "tag. A heading that reads like the section's title in PS3.2 Annex N is found without a mark."
)


@dataclass(slots=True)
class Place:
    """One place: `blocks` are what stands there now, `heading` the paragraph that it stands below.

    `name` is the mark's name as it is written, `key` the normal form. `reference` is the block before which new
    content goes; None is the end of the container.
    """

    key: str
    name: str
    how: str
    container: etree._Element
    blocks: list[etree._Element] = field(default_factory=list)
    reference: etree._Element | None = None
    heading: etree._Element | None = None
    marks: list[etree._Element] = field(default_factory=list)
    part: Part | None = None


def mark_name(part: Part) -> str:
    """The name of the bookmark that marks a part: annexgen_N_9."""
    return f"{MARK}_{part.key}"


def find_places(body: etree._Element, parts: Sequence[Part], styles: Styles, name: str) -> list[Place]:
    """The places of a document in reading order, `name` being what messages call it.

    Headings are looked at only when no part of the annexes has a mark: who marks some sections wants these only.
    Errors: `WordError` for a mark that is not around whole paragraphs, for two marks of one name, and for a title
    that two headings have. No place at all is no error here.
    """
    finder = _Finder(body, parts, styles, name)
    marked = finder.marked()
    chosen = any(place.key not in FRONT and not (place.part and _in_introduction(place.part)) for place in marked)
    return marked if chosen else [*marked, *finder.by_heading()]


def missing(parts: Sequence[Part], name: str) -> WordError:
    """The error for a document without any place."""
    names = ", ".join(mark_name(part) for part in parts)
    return WordError(f"{name} has no place for the annexes. " + HOW_TO_MARK.format(names=f"{WHOLE} (all), {names}"))


class _Finder:
    """Looks for places in one document."""

    def __init__(self, body: etree._Element, parts: Sequence[Part], styles: Styles, name: str) -> None:
        self._body = body
        self._styles = styles
        self._name = name
        self._parts: dict[str, Part | None] = dict.fromkeys((WHOLE, *FRONT))
        for part in parts:
            self._parts[_normal(mark_name(part))] = part
            self._parts[_normal(f"{MARK}_{_published(part.key)}")] = part

    def marked(self) -> list[Place]:
        """The places that people marked."""
        places: list[Place] = []
        names: set[str] = set()
        for element in self._body.iter(w("sdt"), w("bookmarkStart")):
            mark = _mark_of(element)
            if _normal(mark) not in self._parts or (element.tag == w("bookmarkStart") and mark in names):
                continue
            names.add(mark)
            place = self._control(element, mark) if element.tag == w("sdt") else self._bookmark(mark)
            if not any(_inside(element, other) for other in places):
                places.append(place)
        for place in places:
            if sum(self._same(place, other) for other in places) > 1:
                raise WordError(f"{self._name} has two marks for {place.name}: remove one of them")
        for place in places:
            self._set_heading(place)
        return places

    def by_heading(self) -> list[Place]:
        """The places below headings that read like the titles of sections."""
        blocks = [block for block in word_blocks.blocks(self._body) if block.tag == w("p")]
        headings = [(block, level) for block in blocks if (level := self._styles.outline_level(block))]
        places = []
        for part in dict.fromkeys(part for part in self._parts.values() if part is not None):
            if _in_introduction(part):
                continue
            found = [
                position
                for position, (block, _) in enumerate(headings)
                if word_blocks.same_title(word_blocks.text(block), part.head.title)
                and (not _in_overview(part) or self._is_in_overview(headings, position))
            ]
            if len(found) > 1:
                raise WordError(
                    f'{self._name} has {len(found)} headings "{part.head.title}". '
                    + HOW_TO_MARK.format(names=mark_name(part))
                )
            if found:
                place = Place(_normal(mark_name(part)), mark_name(part), "heading", self._body, part=part)
                self._below(place, headings[found[0]][0])
                places.append(place)
        order = {id(block): position for position, block in enumerate(blocks)}
        return sorted(places, key=lambda place: order[id(place.heading)])

    def _control(self, control: etree._Element, mark: str) -> Place:
        content = control.find(w("sdtContent"))
        container = None if content is None else word_blocks.block_of(content)[0]
        if content is None or container is None or control.getparent() is not container:
            raise WordError(
                f"{self._name}: the content control {mark} stands inside a paragraph or a table; put a rich text "
                "content control around whole paragraphs"
            )
        return Place(_normal(mark), mark, "control", content, list(content), part=self._parts[_normal(mark)])

    def _bookmark(self, mark: str) -> Place:
        """The place inside a bookmark. Some programs write a long one as several of the same name."""
        starts = [e for e in self._body.iter(w("bookmarkStart")) if e.get(w("name")) == mark]
        numbers = {e.get(w("id")) for e in starts}
        marks = [
            e
            for e in self._body.iter(w("bookmarkStart"), w("bookmarkEnd"))
            if e in starts or (e.tag == w("bookmarkEnd") and e.get(w("id")) in numbers)
        ]
        start, end = marks[0], marks[-1]
        container, first = word_blocks.block_of(start)
        last = word_blocks.block_in(container, end)
        if container is None or last is None or len(marks) == 1:
            raise WordError(
                f"{self._name}: the bookmark {mark} is not around whole paragraphs of the text; select whole "
                "paragraphs and insert it again"
            )
        place = Place(_normal(mark), mark, "bookmark", container, part=self._parts[_normal(mark)], marks=marks)
        if first is last and first.tag == w("p") and self._styles.outline_level(first):
            self._below(place, first)
            return place
        if first is not start and word_blocks.content_before(first, start):
            raise self._partial(mark)
        children = list(container)
        place.blocks = children[children.index(first) : children.index(last)]
        if last is not end and self._covers(last, end, mark, whole=first is last):
            place.blocks.append(last)
        place.reference = last.getnext() if last in place.blocks else last
        return place

    def _covers(self, block: etree._Element, end: etree._Element, mark: str, *, whole: bool) -> bool:
        """Whether the last block is inside: a selection of paragraphs ends at the beginning of the next one."""
        if block.tag == w("tbl"):
            return True
        if not whole and word_blocks.has_content(block) and not word_blocks.content_before(block, end):
            return False
        if word_blocks.content_after(block, end):
            raise self._partial(mark)
        return True

    def _partial(self, mark: str) -> WordError:
        return WordError(
            f"{self._name}: the bookmark {mark} begins or ends in the middle of a paragraph; select whole paragraphs, "
            "or an empty one, and insert it again"
        )

    def _set_heading(self, place: Place) -> None:
        """Find the heading that the place stands below, inside the marked range or before it."""
        if place.part is None or place.heading is not None:
            return
        title = place.part.head.title
        if place.blocks and self._is_heading(place.blocks[0], title):
            place.heading = place.blocks.pop(0)
            return
        before = None
        limit = place.blocks[0] if place.blocks else place.reference
        for block in word_blocks.blocks(self._body):
            if block is limit or (place.how == "control" and block.getparent() is place.container):
                break
            if block.tag == w("p") and self._styles.outline_level(block):
                before = block
        if before is not None and self._is_heading(before, title):
            place.heading = before

    def _is_heading(self, block: etree._Element, title: str) -> bool:
        return (
            block.tag == w("p")
            and self._styles.outline_level(block) > 0
            and word_blocks.same_title(word_blocks.text(block), title)
        )

    def _below(self, place: Place, heading: etree._Element) -> None:
        """Let the place be what stands below a heading, to the next of its level or, in the overview, of any."""
        container = word_blocks.block_of(heading)[0]
        place.heading, place.container = heading, self._body if container is None else container
        level = 9 if place.part is not None and _in_overview(place.part) else self._styles.outline_level(heading)
        block = heading.getnext()
        while block is not None and block.tag != w("sectPr") and not self._ends(block, level):
            place.blocks.append(block)
            block = block.getnext()
        place.reference = block

    def _ends(self, block: etree._Element, level: int) -> bool:
        first = next(iter(word_blocks.blocks(block)), None) if block.tag == w("sdt") else block
        if block.tag == w("sdt"):
            content = block.find(w("sdtContent"))
            first = None if content is None else next(word_blocks.blocks(content), None)
        return first is not None and first.tag == w("p") and 0 < self._styles.outline_level(first) <= level

    def _is_in_overview(self, headings: list[tuple[etree._Element, int]], position: int) -> bool:
        level = headings[position][1]
        for block, other in reversed(headings[:position]):
            if other < level:
                level = other
                if word_blocks.same_title(word_blocks.text(block), _OVERVIEW_TITLE):
                    return True
        return False

    def _same(self, one: Place, other: Place) -> bool:
        return one.part is other.part if one.part is not None else one.key == other.key


def _mark_of(element: etree._Element) -> str:
    if element.tag == w("bookmarkStart"):
        return str(element.get(w("name"), ""))
    tag = element.find(f"{w('sdtPr')}/{w('tag')}")
    return "" if tag is None else str(tag.get(w("val"), ""))


def _normal(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", name.casefold()).strip("_")


def _published(key: str) -> str:
    """A for N_9, 1_1 for N_1_1."""
    head, _, rest = key.removeprefix("N_").partition("_")
    letter = _ANNEXES.get(f"N_{head}", head)
    return f"{letter}_{rest}" if rest else letter


def _in_overview(part: Part) -> bool:
    return part.key.startswith("N_1_")


def _in_introduction(part: Part) -> bool:
    """Whether it is the revision history: people keep their own below such a heading, so only a mark says to replace it."""
    return part.key.startswith("N_3_")


def _inside(element: etree._Element, place: Place) -> bool:
    """Whether the element stands in what another place holds."""
    parents = {id(parent) for parent in element.iterancestors()}
    return any(block is element or id(block) in parents for block in place.blocks)


def sections_of(places: Sequence[Place]) -> list[Section]:
    """The sections that the places will hold."""
    return [section for place in places if place.part is not None for section in place.part.sections]
