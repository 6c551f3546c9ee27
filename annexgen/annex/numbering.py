"""Numbering: gives every table its id and puts numbers where texts hold tokens.

The builder names tables by key and sections by their id in template numbering (`model.table_token`,
`model.section_token`). `number` is the last step before an annex is written; its result holds no token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from annexgen.annex.model import TABLE_TOKEN, Annex, Apart, Cell, Finding, Row, Section, Table

SCHEMES = ("template", "published")

FIXED_NUMBERS = {"sop_classes": 1, "transfer_syntaxes": 2, "root_templates": 3, "character_sets": 15}
"""The tables of PS3.2 Section N.1 keep the template's numbers: people write the overview's other tables."""

_OVERVIEW = "N.1"
# A whole annex is named "Annex B", not "Section B".
_NAMED = re.compile(f"(Section )?{TABLE_TOKEN.pattern}")
_SECTION_ID = re.compile(r"N(?:\.[1-9][0-9]*)+")
# PS3.2 Section N.9, first instruction: N.9 to N.13 are Annex A to Annex E of an actual statement.
_ANNEX_LETTERS = {"N.9": "A", "N.10": "B", "N.11": "C", "N.12": "D", "N.13": "E"}
# Chapters that the annex holds whole; sections of all others may be named although they are not listed.
_OWN_CHAPTERS = ("N.9", "N.10")


class NumberingError(ValueError):
    """The annex cannot be numbered: a table is in no section or in two, or a text names what is not there."""


def number(annex: Annex, scheme: str = "template") -> Annex:
    """The same annex with numbers: tables and sections have ids, texts and references name them.

    Tables are numbered in the order in which the sections list them, each chapter on its own; those of the
    overview (N.1) keep the template's fixed numbers. The tables come out in that order, and every row has a
    cell for every column of its table, in the order of the columns.

    Arguments: `scheme` is "template" (Section N.9.2, Table N.9-24) or "published" (Section A.2, Table A-24:
    N.9 to N.13 are Annex A to E, and N.1 is section 1).
    Errors: `NumberingError` for an unknown scheme, an annex that already has numbers, a table listed by no
    section or by two, a token or reference with an unknown key, and a cell in a column that its table lacks.
    Source: PS3.2 Section N.9 and the Annex N preface (numbering of annexes, sections and tables).
    """
    if scheme not in SCHEMES:
        raise NumberingError(f"unknown numbering scheme {scheme!r}; known: {', '.join(SCHEMES)}")
    tables = _tables_by_key(annex)
    ids = _table_ids(annex, tables, scheme)
    sections = {section.id for section in annex.sections}

    def resolve(text: str, where: str) -> str:
        if "\x02" not in text:
            return text

        def put(match: re.Match[str]) -> str:
            word, what, key = match.groups(default="")
            if what == "section":
                found = _section_number(key, sections, scheme, where)
                return f"Annex {found}" if word and found in _ANNEX_LETTERS.values() else word + found
            if key not in ids:
                raise NumberingError(f"{where} names the table {key!r}, which is not in the annex")
            return f"{word}Table {ids[key]}"

        return _NAMED.sub(put, text)

    return replace(
        annex,
        sections=tuple(_section(section, ids, scheme, resolve) for section in annex.sections),
        tables=tuple(_table(tables[key], ids, resolve) for key in ids),
        findings=tuple(_finding(finding, resolve) for finding in annex.findings),
    )


_Resolve = Callable[[str, str], str]


def _tables_by_key(annex: Annex) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for table in annex.tables:
        if table.id:
            raise NumberingError(f"the table {table.key!r} already has the id {table.id}: the annex is numbered")
        if table.key in tables:
            raise NumberingError(f"two tables have the key {table.key!r}")
        tables[table.key] = table
    return tables


def _table_ids(annex: Annex, tables: Mapping[str, Table], scheme: str) -> dict[str, str]:
    """The id of every table by its key, in the order in which sections list them."""
    ids: dict[str, str] = {}
    listed_by: dict[str, str] = {}
    counts: dict[str, int] = {}
    seen_sections: set[str] = set()
    for section in annex.sections:
        if not _SECTION_ID.fullmatch(section.id):
            raise NumberingError(f"{section.id!r} is not the id of a section in template numbering")
        if section.id in seen_sections:
            raise NumberingError(f"two sections have the id {section.id}")
        seen_sections.add(section.id)
        chapter = _chapter(section.id)
        for key in section.tables:
            if key not in tables:
                raise NumberingError(f"section {section.id} lists the table {key!r}, which is not in the annex")
            if key in ids:
                raise NumberingError(f"sections {listed_by[key]} and {section.id} both list the table {key!r}")
            if chapter == _OVERVIEW:
                kind = tables[key].kind
                if kind not in FIXED_NUMBERS:
                    raise NumberingError(f"a table of the kind {kind!r} has no number in Section N.1 ({key!r})")
                position = FIXED_NUMBERS[kind]
            else:
                position = counts[chapter] = counts.get(chapter, 0) + 1
            identifier = f"{_renumber(chapter, scheme)}-{position}"
            if identifier in ids.values():
                raise NumberingError(f"two tables of the same kind would both be Table {identifier}")
            ids[key] = identifier
            listed_by[key] = section.id
    unlisted = [key for key in tables if key not in ids]
    if unlisted:
        raise NumberingError(f"no section lists the tables {', '.join(map(repr, unlisted))}")
    return ids


def _chapter(section_id: str) -> str:
    """N.9 for N.9.2.1."""
    return ".".join(section_id.split(".")[:2])


def _renumber(section_id: str, scheme: str) -> str:
    """The number of a section of the template in `scheme`."""
    if scheme == "template":
        return section_id
    chapter = _chapter(section_id)
    return _ANNEX_LETTERS.get(chapter, chapter.removeprefix("N.")) + section_id[len(chapter) :]


def _section_number(key: str, sections: set[str], scheme: str, where: str) -> str:
    well_formed = _SECTION_ID.fullmatch(key) is not None
    if key not in sections and (not well_formed or _chapter(key) in _OWN_CHAPTERS):
        raise NumberingError(f"{where} names the section {key!r}, which is not in the annex")
    return _renumber(key, scheme)


def _section(section: Section, ids: Mapping[str, str], scheme: str, resolve: _Resolve) -> Section:
    where = f"section {section.id}"
    return replace(
        section,
        id=_renumber(section.id, scheme),
        title=resolve(section.title, where),
        text=tuple(resolve(text, where) for text in section.text),
        tables=tuple(ids[key] for key in section.tables),
    )


def _table(table: Table, ids: Mapping[str, str], resolve: _Resolve) -> Table:
    where = f"the table {table.key!r}"
    return replace(
        table,
        id=ids[table.key],
        title=resolve(table.title, where),
        notes=tuple(resolve(note, where) for note in table.notes),
        rows=tuple(_row(row, table, ids, resolve, f"{where}, row {n}") for n, row in enumerate(table.rows, 1)),
    )


def _row(row: Row, table: Table, ids: Mapping[str, str], resolve: _Resolve, where: str) -> Row:
    for column in row.cells:
        if column not in table.columns:
            raise NumberingError(f"{where} has a cell in {column!r}, which is not a column of the table")
    if row.reference and row.reference not in ids:
        raise NumberingError(f"{where} refers to the table {row.reference!r}, which is not in the annex")
    return replace(
        row,
        cells={column: _cell(row.cells.get(column, Cell()), resolve, where) for column in table.columns},
        reference=ids[row.reference] if row.reference else "",
        apart={uid: _apart(apart, resolve, where) for uid, apart in row.apart.items()},
    )


def _apart(apart: Apart, resolve: _Resolve, where: str) -> Apart:
    return replace(apart, cells={column: resolve(text, where) for column, text in apart.cells.items()})


def _cell(cell: Cell, resolve: _Resolve, where: str) -> Cell:
    text, reason, inferred = (resolve(one, where) for one in (cell.text, cell.reason, cell.inferred))
    if (text, reason, inferred) == (cell.text, cell.reason, cell.inferred):
        return cell
    return replace(cell, text=text, reason=reason, inferred=inferred)


def _finding(finding: Finding, resolve: _Resolve) -> Finding:
    return replace(finding, message=resolve(finding.message, f"the finding {finding.code!r}"))
