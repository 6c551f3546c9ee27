"""The annexes as paragraphs and tables of Word, part by part, each piece with the orientation that it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from annexgen.annex.model import Cell
from annexgen.render import word_styles as style
from annexgen.render.texts import blocks, depth, list_level, printable, section_label, template_number
from annexgen.render.word_pages import is_landscape, text_width
from annexgen.render.word_references import section_bookmark
from annexgen.render.word_widths import column_widths, is_wide
from annexgen.render.word_xml import bookmark, paragraph, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml import etree

    from annexgen.annex.model import Annex, Section, Table
    from annexgen.render.word_references import Links
    from annexgen.render.word_styles import Styles
    from annexgen.render.word_tables import Numbers, TableWriter

ALONE = ("1", "3")
"""The chapters whose sections stand alone: people write the others between them (PS3.2 Sections N.1 and N.3)."""


_MOST_KEPT = 3
_BELOW_A_TABLE = '<w:spacing w:before="240"/>'
_INNER_BULLET = '<w:ind w:left="794" w:hanging="284"/>'


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in one place of a statement: a section of the overview, or a chapter with all its sections.

    `key` is its name in marks: N_1_1, N_9. `head` is the section whose heading stands before the place.
    """

    key: str
    head: Section
    inner: tuple[Section, ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """All sections of the part."""
        return (self.head, *self.inner)


@dataclass(slots=True)
class Stretch:
    """Blocks that stand on pages of one orientation."""

    landscape: bool
    blocks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Headings:
    """How a document shows headings: the style of each level, and whether Word numbers them itself.

    `levels` maps the level to a style id; `numbered` are the levels whose numbers are no text; `offset` is
    what is added to the depth of a section to get the level.
    """

    levels: dict[int, str]
    numbered: frozenset[int] = frozenset()
    offset: int = 0

    @classmethod
    def of(cls, styles: Styles, levels: Iterable[int], offset: int = 0) -> Headings:
        """The document's styles "heading 1", "heading 2" and so on."""
        return cls({level: styles.heading(level) for level in levels}, frozenset(), offset)

    def level(self, section: Section) -> int:
        """The heading level of a section."""
        return heading_level(section, self.offset)


def heading_level(section: Section, offset: int) -> int:
    """The heading level of a section in a document whose headings are `offset` levels deeper than the section's."""
    return min(max(1, depth(section) + offset), style.MAX_HEADING)


def parts(annex: Annex) -> list[Part]:
    """The annex in parts, each with a place of its own. The overview's own introduction is for people to write."""
    found: list[Part] = []
    for section in annex.sections:
        number = template_number(section)
        key = "N_" + "_".join(number)
        if number[0] in ALONE or len(number) == 1:
            if len(number) > 1 or number[0] not in ALONE or section.tables:
                found.append(Part(key, section))
        elif found:
            last = found[-1]
            found[-1] = Part(last.key, last.head, (*last.inner, section))
        else:
            found.append(Part(key, section))
    return found


class BodyWriter:
    """Writes sections for one document."""

    def __init__(
        self,
        annex: Annex,
        styles: Styles,
        links: Links,
        numbers: Numbers,
        tables: TableWriter,
    ) -> None:
        self._tables_by_id = {table.id: table for table in annex.tables}
        self._links = links
        self._numbers = numbers
        self._tables = tables
        self._joined = _joined(annex.sections)
        self._widths: dict[tuple[object, ...], list[int]] = {}
        self._body = styles.id(style.BODY)
        self._bullet = styles.id(style.BULLET)

    def part(self, part: Part, headings: Headings, page: etree._Element) -> list[Stretch]:
        """What stands below the heading of the part.

        The part's own texts take the orientation of `page`, the section properties of the place; tables that
        ask for landscape and sections with such tables get it.
        """
        stretches = _Stretches(page)
        for number, block in enumerate(blocks(part.head)):
            stretches.add(False, self._paragraphs(block.texts, leads=bool(block.table), apart=number > 0))
            if block.table:
                table = self._tables_by_id[block.table]
                stretches.add(is_wide(table.columns), self._table(stretches, is_wide(table.columns), table, [table]))
        wide = False
        for group in _groups(part):
            tables = [table for section in group for table in self._of(section)]
            if tables:
                wide = any(is_wide(table.columns) for table in tables)
            for section, following in zip(group, [*group[1:], None], strict=True):
                leads = following is not None and depth(following) > depth(section)
                stretches.add(wide, [self.heading(section, headings)])
                for number, block in enumerate(blocks(section)):
                    texts = self._paragraphs(block.texts, leads=leads or bool(block.table), apart=number > 0)
                    stretches.add(wide, texts)
                    if block.table:
                        table = self._tables_by_id[block.table]
                        stretches.add(wide, self._table(stretches, wide, table, self._of(section)))
        return stretches.found

    def heading(self, section: Section, headings: Headings) -> str:
        """The heading of a section, with its number unless Word numbers such headings itself."""
        level = headings.level(section)
        number = "" if level in headings.numbered else f"{section_label(section.id)} "
        content = bookmark(section_bookmark(section), self._numbers.bookmark(), run(number + section.title))
        joined = level == 1 and section.id in self._joined
        properties = '<w:pageBreakBefore w:val="0"/><w:spacing w:before="480"/>' if joined else ""
        return paragraph(headings.levels[level], content, properties)

    def _table(self, stretches: _Stretches, wide: bool, table: Table, tables: Sequence[Table]) -> Iterator[str]:
        """One of a section's `tables`; those with the same columns have the same widths, so that they line up."""
        available = stretches.width(wide)
        key = (available, table.columns, *(one.id for one in tables))
        if key not in self._widths:
            alike = [texts for one in tables if one.columns == table.columns for texts in _texts(one)]
            self._widths[key] = column_widths(table.columns, available, alike)
        return self._tables.table(table, self._widths[key])

    def _of(self, section: Section) -> list[Table]:
        return [self._tables_by_id[identifier] for identifier in section.tables]

    def _paragraphs(self, texts: Sequence[str], *, leads: bool, apart: bool) -> Iterator[str]:
        """Body paragraphs; the last ones of those that lead to something stay on the page of that.

        `apart` says that a table stands above them.
        """
        kept = len(texts)
        if leads:
            while kept and len(texts) - kept < _MOST_KEPT and not list_level(texts[kept - 1]):
                kept -= 1
        for number, text in enumerate(texts):
            level = list_level(text)
            if level:
                properties = "" if level == 1 else _INNER_BULLET
                yield paragraph(self._bullet, self._links.runs(text.partition("- ")[2]), properties)
            else:
                properties = "<w:keepNext/>" if number >= kept else ""
                properties += _BELOW_A_TABLE if apart and number == 0 else ""
                yield paragraph(self._body, self._links.runs(text), properties)


class _Stretches:
    """Collects blocks; neighbours of the same orientation make one stretch."""

    def __init__(self, page: etree._Element) -> None:
        self._page = page
        self._always = is_landscape(page)
        self.found: list[Stretch] = []

    def add(self, wide: bool, blocks: Iterable[str]) -> None:
        landscape = wide or self._always
        for block in blocks:
            if not self.found or self.found[-1].landscape is not landscape:
                self.found.append(Stretch(landscape))
            self.found[-1].blocks.append(block)

    def width(self, wide: bool) -> int:
        return text_width(self._page, landscape=wide or self._always)


def _joined(sections: Sequence[Section]) -> frozenset[str]:
    """The chapters that begin on the page where the one before them ends, so that "N/A" takes no page of its own."""
    chapters = [section for section in sections if depth(section) == 1]
    found = {after.id for before, after in pairwise(chapters) if not before.applicable}
    last = takewhile(lambda chapter: not chapter.applicable, reversed(chapters))
    return frozenset(found | {chapter.id for chapter in last})


def _groups(part: Part) -> list[list[Section]]:
    """The inner sections in groups that share one orientation: one for each section just below the head."""
    top = len(template_number(part.head)) + 1
    found: list[list[Section]] = []
    for section in part.inner:
        if not found or len(template_number(section)) <= top:
            found.append([])
        found[-1].append(section)
    return found


def _texts(table: Table) -> Iterator[list[str]]:
    """The texts of the table's rows; captions inside the table go over all columns and ask for no width."""
    for row in table.rows:
        if not row.heading:
            yield [printable(row.cells.get(column, Cell()).text) for column in table.columns]
