"""The annexes as paragraphs and tables of Word, part by part, each piece with the orientation that it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.annex.model import Cell
from annexgen.render import word_styles as style
from annexgen.render.texts import depth, printable, section_label, template_number
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
        self._body = styles.id(style.BODY)
        self._bullet = styles.id(style.BULLET)

    def part(self, part: Part, headings: Headings, page: etree._Element) -> list[Stretch]:
        """What stands below the heading of the part.

        The part's own texts take the orientation of `page`, the section properties of the place; tables that
        ask for landscape and sections with such tables get it.
        """
        stretches = _Stretches(page)
        stretches.add(False, self._paragraphs(part.head, leads=bool(part.head.tables)))
        for table in self._of(part.head):
            self._add(stretches, is_wide(table.columns), [table])
        wide = False
        for group in _groups(part):
            tables = [table for section in group for table in self._of(section)]
            if tables:
                wide = any(is_wide(table.columns) for table in tables)
            for section, following in zip(group, [*group[1:], None], strict=True):
                leads = bool(section.tables) or (following is not None and depth(following) > depth(section))
                stretches.add(wide, [self.heading(section, headings), *self._paragraphs(section, leads=leads)])
                self._add(stretches, wide, self._of(section))
        return stretches.found

    def heading(self, section: Section, headings: Headings) -> str:
        """The heading of a section, with its number unless Word numbers such headings itself."""
        level = headings.level(section)
        number = "" if level in headings.numbered else f"{section_label(section.id)} "
        content = bookmark(section_bookmark(section), self._numbers.bookmark(), run(number + section.title))
        # A chapter that says N/A needs no page of its own.
        alone = level > 1 or section.applicable
        properties = "" if alone else '<w:pageBreakBefore w:val="0"/><w:spacing w:before="480"/>'
        return paragraph(headings.levels[level], content, properties)

    def _add(self, stretches: _Stretches, wide: bool, tables: Sequence[Table]) -> None:
        """Add the tables of a section; those with the same columns have the same widths, so that they line up."""
        rows: dict[tuple[str, ...], list[list[str]]] = {}
        for table in tables:
            rows.setdefault(tuple(table.columns), []).extend(_texts(table))
        widths = {columns: column_widths(columns, stretches.width(wide), texts) for columns, texts in rows.items()}
        for table in tables:
            stretches.add(wide, self._tables.table(table, widths[tuple(table.columns)]))

    def _of(self, section: Section) -> list[Table]:
        return [self._tables_by_id[identifier] for identifier in section.tables]

    def _paragraphs(self, section: Section, *, leads: bool) -> Iterator[str]:
        """Body paragraphs; the last ones of a section that leads to something stay on the page of that."""
        kept = len(section.text)
        if leads:
            while kept and len(section.text) - kept < _MOST_KEPT and not section.text[kept - 1].startswith("- "):
                kept -= 1
        for number, text in enumerate(section.text):
            if text.startswith("- "):
                yield paragraph(self._bullet, self._links.runs(text[2:]))
            else:
                yield paragraph(self._body, self._links.runs(text), "<w:keepNext/>" if number >= kept else "")


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
