"""DocBook of one part of the Standard: parsed without DTD, entities or network, as sections and tables of plain cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.parsers import expat

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMESPACE = "{http://docbook.org/ns/docbook}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SECTIONS = tuple(_NAMESPACE + name for name in ("section", "chapter", "appendix"))
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u00ad\u2060\ufeff"))
_WIDEST = 64
"""No table of the Standard has more columns; a wider span is damage."""


class DocBookError(Exception):
    """A file cannot be imported; the message names it, says what is wrong there, and what was expected."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text on one line, and what its cross-references point to: `xml:id`s of this part or of another one.

    `full` is the text with every reference to a context group or template written in its place ("CID 29").
    """

    text: str
    links: tuple[str, ...] = ()
    full: str = ""


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its `xml:id`, number ("C.7.6.3") and title."""

    id: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `xml:id`, number, caption, the section that it stands in, heading texts, and rows as wide as the heading."""

    id: str
    number: str
    caption: str
    section: Section
    heading: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def columns(self, *names: str) -> tuple[int, ...] | None:
        """The positions of the columns whose headings begin with these names; None when one is missing."""
        found = []
        for name in names:
            at = next((n for n, text in enumerate(self.heading) if text.casefold().startswith(name.casefold())), None)
            if at is None:
                return None
            found.append(at)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Book:
    """One part: its number ("3" of PS3.3), edition ("2025e"; empty where the file does not say), tables in their order.

    `paragraphs` are those outside of tables, by the `xml:id` of their section; read for PS3.16 only, whose templates and context
    groups say their properties there.
    """

    path: Path
    part: str
    edition: str
    tables: tuple[Table, ...]
    paragraphs: dict[str, tuple[str, ...]]

    def wrong(self, what: str) -> DocBookError:
        """An error that names this file."""
        return DocBookError(f"{self.path}: {what}")


def read(path: Path, part: str) -> Book:
    """The book in a file.

    Raises:
        DocBookError: the file is unreadable, damaged, not DocBook, another part, or has a document type declaration.
    """
    # No DTD is loaded and no entity replaced; identifiers are not collected, since published files repeat some.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        text = path.read_bytes()
        if _has_document_type(text):
            raise DocBookError(
                f"{path}: has a document type declaration, which the Standard's DocBook has not; not read"
            )
        root = etree.fromstring(text, parser)
    except LookupError as error:
        raise DocBookError(f"{path}: {error}; the Standard's DocBook is UTF-8") from error
    except etree.XMLSyntaxError as error:
        raise DocBookError(f"{path}: damaged or incomplete XML ({error.msg}); download the file again") from error
    except OSError as error:
        raise DocBookError(f"{path}: cannot be read ({error.strerror})") from error
    name = root.get(_ID) or root.get("label") or "no part"
    if root.tag != f"{_NAMESPACE}book" or name != f"PS3.{part}":
        raise DocBookError(
            f"{path}: expected the DocBook of PS3.{part}, found <{etree.QName(root).localname}> of {name}"
        )
    subtitle = root.find(f"{_NAMESPACE}subtitle")
    edition = re.search(r"\b(\d{4}[a-z]?)\b", _text(subtitle) if subtitle is not None else "")
    found: dict[str, Table] = {}
    for element in root.iter(f"{_NAMESPACE}table"):
        table = _table(element, path)
        if table is not None:
            found.setdefault(table.id or f"#{len(found)}", table)
    paragraphs = _paragraphs(root) if part == "16" else {}
    return Book(path, part, edition[1] if edition else "", tuple(found.values()), paragraphs)


class _RootReachedError(Exception):
    """Stops the look at what stands before the first element."""


def _has_document_type(text: bytes) -> bool:
    """Whether a document type is declared before the first element; looked up before anything could be made of it."""
    found = False

    def declared(*_: object) -> None:
        nonlocal found
        found = True
        raise _RootReachedError

    def element(*_: object) -> None:
        raise _RootReachedError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = element
    try:
        parser.Parse(text, True)
    except _RootReachedError:
        pass
    except expat.ExpatError:
        return found  # what is wrong, and where, is said when the whole is parsed
    return found


def _section(element: etree._Element) -> Section:
    identifier = element.get(_ID) or ""
    title = element.find(f"{_NAMESPACE}title")
    number = element.get("label") or identifier.partition("_")[2]
    return Section(identifier, number, _text(title) if title is not None else "")


def _table(element: etree._Element, path: Path) -> Table | None:
    """The table of an element; None for one without rows."""
    caption = element.find(f"{_NAMESPACE}caption")
    rows = list(element.iter(f"{_NAMESPACE}tr"))
    if not rows:
        return None
    identifier = element.get(_ID) or ""
    where = f"{path}, line {element.sourceline}, table {element.get('label') or identifier}"
    section = next(map(_section, element.iterancestors(*_SECTIONS)), Section("", "", ""))
    heads = element.findall(f"{_NAMESPACE}thead/{_NAMESPACE}tr") or rows[:1]
    heading = tuple(_text(cell) for cell in _cells(heads[0]))
    number = element.get("label") or identifier.partition("_")[2]
    body = tuple(_grid(rows[len(heads) :], len(heading), where))
    return Table(identifier, number, _text(caption) if caption is not None else "", section, heading, body)


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if cell.tag in (f"{_NAMESPACE}td", f"{_NAMESPACE}th")]


def _grid(rows: list[etree._Element], width: int, where: str) -> Iterator[tuple[Cell, ...]]:
    """The rows with every cell in its column: one that spans rows stands in each, one that spans columns in the first.

    Where a file forgot to say that the first cell spans the row, it does. Spans that run into full rows end there.
    """
    carried: dict[int, tuple[Cell, int]] = {}
    first = EMPTY
    for row in rows:
        own = [(_cell(c), _span(c, "colspan", where), _span(c, "rowspan", where)) for c in _cells(row)]
        wide = sum(columns for _, columns, _ in own)
        if wide >= width:
            carried.clear()
        elif wide == width - 1 and not carried:
            carried[0] = (first, 1)
        filled = {column: cell for column, (cell, _) in carried.items()}
        carried = {column: (cell, left - 1) for column, (cell, left) in carried.items() if left > 1}
        column = 0
        for cell, columns, more in own:
            while column in filled:
                column += 1
            for n in range(columns):
                filled[column + n] = cell if n == 0 else EMPTY
                if more > 1:
                    carried[column + n] = (filled[column + n], more - 1)
            column += columns
        yield tuple(filled.get(n, EMPTY) for n in range(width))
        first = filled.get(0, EMPTY)


def _span(cell: etree._Element, name: str, where: str) -> int:
    text = cell.get(name, "1")
    if not re.fullmatch(r"\d{1,5}", text) or (name == "colspan" and int(text) > _WIDEST):
        raise DocBookError(f"{where}: {name} {text!r} is damaged; download the file again")
    return max(int(text), 1)


def _cell(element: etree._Element) -> Cell:
    links = []
    for link in element.iter(f"{_NAMESPACE}xref", f"{_NAMESPACE}olink", f"{_NAMESPACE}link"):
        target = link.get("linkend") or link.get("targetptr")
        if target:
            links.append(target)
    text = _text(element)
    named = any(_NUMBERED.fullmatch(link) for link in links)
    return Cell(text, tuple(links), _tidy("".join(_pieces(element))) if named else text)


_NUMBERED = re.compile(r"sect_(CID|TID)_+(\w+)")


def _pieces(element: etree._Element) -> Iterator[str]:
    """The text of an element, and the names of the context groups and templates that it refers to."""
    yield element.text or ""
    for child in element:
        target = _NUMBERED.fullmatch(child.get("linkend") or child.get("targetptr") or "")
        if target is not None:
            yield f" {target[1]} {target[2]} "
        else:
            yield from _pieces(child)
        yield child.tail or ""


def _text(element: etree._Element) -> str:
    return _tidy("".join(map(str, element.itertext())))


def _tidy(text: str) -> str:
    return " ".join(text.translate(_INVISIBLE).split())


def _paragraphs(root: etree._Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    entry, table = f"{_NAMESPACE}varlistentry", f"{_NAMESPACE}table"
    for paragraph in root.iter(f"{_NAMESPACE}para", entry):
        outer = next(paragraph.iterancestors(*_SECTIONS, table, entry), None)
        if outer is not None and outer.tag in _SECTIONS:
            found.setdefault(outer.get(_ID) or "", []).append(_text(paragraph))
    return {section: tuple(texts) for section, texts in found.items()}
