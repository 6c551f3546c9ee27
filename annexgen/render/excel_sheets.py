"""Which table goes to which sheet of the workbook, and what the sheets are called."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.render.texts import template_number

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Section, Table

CONTENTS = "Contents"
PRIVATE = "Private attributes"
FINDINGS = "Findings"
CORPUS = "Corpus"
GONE = "Rows that are gone"

LARGE_MEASUREMENTS = 40
"""Measurement tables of one report with more rows than this in all stand on a sheet of their own."""

_MAX_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_COMMON = {"1": "Common modules", "2": "Common macros", "3": "Common private", "4": "Common codes"}
_UID = re.compile(r"\d+(?:\.\d+)+$")
_ENDINGS = {
    "transfer_syntaxes": "encoding",
    "root_templates": "encoding",
    "character_sets": "encoding",
    "module": "modules",
    "macro": "modules",
    "private_module": "private",
    "sr_codes": "codes",
    "sr_measurements": "codes",
}
"""Tables of these kinds stand on a sheet of their own: columns that differ cannot share widths, nor a repeated heading."""


@dataclass(slots=True)
class Sheet:
    """One sheet: its name, and the sections with those of their tables that stand on it."""

    name: str
    parts: list[tuple[Section, list[Table]]] = field(default_factory=list)

    @property
    def tables(self) -> list[Table]:
        """The tables of the sheet from top to bottom."""
        return [table for _, tables in self.parts for table in tables]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that all its tables have; none where they differ."""
        found = {table.columns for table in self.tables}
        return found.pop() if len(found) == 1 else ()


def sheets(annex: Annex) -> list[Sheet]:
    """The sheets for the tables, in the order of the sections; a sheet without a table is left out."""
    tables = {table.id: table for table in annex.tables}
    titles = {template_number(section): section for section in annex.sections}
    large = _large_measurements(annex, tables)
    names = _Names()
    found: dict[tuple[tuple[str, ...], str], Sheet] = {}
    for section in annex.sections:
        number = template_number(section)
        group, wanted = _group(number, titles, section)
        for identifier in section.tables:
            table = tables[identifier]
            ending = _ending(number, table.kind, large)
            if any(one.kind == "directory" for one in (found[group, ""].tables if (group, "") in found else [])):
                ending = ending or ("codes" if table.kind == "coded_values" else "")
            if (group, ending) not in found:
                found[group, ending] = Sheet(names.unique(wanted, ending))
            parts = found[group, ending].parts
            if not parts or parts[-1][0] is not section:
                parts.append((section, []))
            parts[-1][1].append(table)
    return list(found.values())


def _ending(number: tuple[str, ...], kind: str, large: set[tuple[str, ...]]) -> str:
    """What the name of the sheet ends with, on which a section's tables of this kind stand; "" is the section's first sheet."""
    if number[0] == "13" or number[:2] == ("9", "1"):
        return ""
    if kind == "sr_measurements" and number[:3] in large:
        return "measurements"
    return _ENDINGS.get(kind, "")


def _large_measurements(annex: Annex, tables: dict[str, Table]) -> set[tuple[str, ...]]:
    """The sections whose measurement tables are long enough for a sheet of their own (PS3.2 N.10.2.1)."""
    rows: dict[tuple[str, ...], int] = {}
    for section in annex.sections:
        for identifier in section.tables:
            if tables[identifier].kind == "sr_measurements":
                number = template_number(section)[:3]
                rows[number] = rows.get(number, 0) + len(tables[identifier].rows)
    return {number for number, count in rows.items() if count > LARGE_MEASUREMENTS}


def _group(
    number: tuple[str, ...], sections: dict[tuple[str, ...], Section], section: Section
) -> tuple[tuple[str, ...], str]:
    """The section whose sheet it is, and what that would be called if names could be of any length."""
    chapter = sections.get(number[:1], section)
    if number[0] == "9" and len(number) > 1:
        if number[1] == "1":
            common = _COMMON.get(number[2]) if len(number) > 2 else None
            return number[:3], common or f"{section.id} {section.title}"
        return number[:2], sections.get(number[:2], section).title
    if number[0] == "10" and len(number) > 1:
        title = sections.get(number[:2], section).title
        template = re.search(r"TID [\w*]+", title)
        return number[:2], f"{chapter.id} {template.group() if template else title}"
    return number[:1], f"{chapter.id} {chapter.title}"


class _Names:
    """Makes names that Excel accepts: at most 31 characters, unique whatever their case."""

    def __init__(self) -> None:
        self._taken = {name.lower() for name in (CONTENTS, PRIVATE, FINDINGS, CORPUS, GONE, "History")}

    def unique(self, wanted: str, ending: str = "") -> str:
        """The name that was wanted with its ending, made short and unique."""
        base = " ".join(_FORBIDDEN.sub(" ", wanted).split()).strip("' ") or "Tables"
        ending = f" {ending}" if ending else ""
        name, count = _shortened(base, _MAX_NAME - len(ending)) + ending, 1
        while name.lower() in self._taken:
            count += 1
            suffix = f"{ending} ({count})"
            name = _shortened(base, _MAX_NAME - len(suffix)) + suffix
        self._taken.add(name.lower())
        return name


def _shortened(text: str, room: int) -> str:
    """The text in so many characters: of a UID its end, by which those of one product differ; of all else its first words."""
    uid = _UID.search(text)
    if len(text) <= room or uid is None:
        words = text[: room + 1].rpartition(" ")[0] if len(text) > room else text
        return (words if len(words) > room / 2 else text[:room]).rstrip("' ")
    before = text[: uid.start()]
    return f"{before}\N{HORIZONTAL ELLIPSIS}{uid.group()[len(before) + 1 - room :].lstrip('.')}"
