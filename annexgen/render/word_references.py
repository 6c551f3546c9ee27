"""Live references in Word: the bookmarks of tables and headings, and texts whose references are fields and links."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from annexgen.render.texts import References, printable, template_number
from annexgen.render.word_xml import field, hyperlink, run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.annex.model import Annex, Section, Table


def table_bookmark(table: Table) -> str:
    """The bookmark around "Table N.9-24" in the caption; it stays the same when tables are numbered anew."""
    return _bookmark("T", table.key)


def section_bookmark(section: Section) -> str:
    """The bookmark around the text of the heading, the same in both numberings."""
    return _bookmark("S", ".".join(template_number(section)))


def footnote_bookmark(table: Table, label: str) -> str:
    """The bookmark around a footnote below a table."""
    return _bookmark("F", f"{table.key}\x1f{label}")


class Links:
    """Turns texts into runs in which every reference to a table or section of the document is live."""

    def __init__(self, annex: Annex, sections: Iterable[Section], style: str) -> None:
        """`sections` are those that the document holds; `style` is the id of the style of references."""
        self._references = References(annex)
        self._style = f'<w:rStyle w:val="{style}"/>'
        by_id = {table.id: table for table in annex.tables}
        self._bookmarks: dict[tuple[str, str], str] = {}
        for section in sections:
            self._bookmarks["section", section.id] = section_bookmark(section)
            for identifier in section.tables:
                self._bookmarks["table", identifier] = table_bookmark(by_id[identifier])

    @property
    def bookmarks(self) -> frozenset[str]:
        """The names of the bookmarks of all tables and sections that the document holds."""
        return frozenset(self._bookmarks.values())

    def whole(self, table: str, text: str, properties: str = "") -> str:
        """The text as a link to the table of this id, as far as the document holds it."""
        bookmark = self._bookmarks.get(("table", table))
        if bookmark is None:
            return run(text, properties)
        return hyperlink(bookmark, run(text, self._style + properties))

    def runs(self, text: str, properties: str = "") -> str:
        """The text as runs: references to tables as REF fields, those to sections as links, the rest as it is."""
        if not any(word in text for word in ("Table ", "Section ", "Annex ")):
            return run(text, properties)
        parts = []
        for piece in self._references.split(printable(text)):
            bookmark = self._bookmarks.get((piece.kind, piece.target))
            if bookmark is None:
                parts.append(run(piece.text, properties))
            elif piece.kind == "table":
                parts.append(field(f"REF {bookmark} \\h", piece.text, self._style + properties))
            else:
                parts.append(hyperlink(bookmark, run(piece.text, self._style + properties)))
        return "".join(parts)


def _bookmark(kind: str, key: str) -> str:
    # A leading underscore hides it from the list of bookmarks; a name has 40 characters at most.
    return f"_Ref{kind}_{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
