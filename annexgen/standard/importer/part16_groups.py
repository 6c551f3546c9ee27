"""PS3.16: context groups with their codes (Annex B)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annexgen.standard.importer.docbook import Book, Table

Row = tuple[str, ...]
HEADINGS = {
    "context_groups": "Annex B, context groups: CID, name, UID, extensible (1, 0; empty: not known), version",
    "context_group_codes": "Annex B, context groups with their codes, included groups resolved: CID, Coding Scheme Designator, "
    "Code Value, Code Meaning in the group",
    "codes": "Annex B, codes of context groups: Coding Scheme Designator, Code Value, Code Meaning",
}
COLUMNS = ("Coding Scheme Designator", "Code Value", "Code Meaning")
Code = tuple[str, str]


def tables_of(book: Book) -> tuple[dict[str, list[Row]], list[str]]:
    """The tables of context groups, and notes on codes that are left out and groups that are not there; none without groups."""
    own: dict[str, tuple[dict[Code, str], list[str]]] = {}
    groups: dict[str, Row] = {}
    notes: list[str] = []
    for table in book.tables:
        number = re.fullmatch(r"sect_CID_(\d+)", table.section.id)
        if number is None or not (
            table.columns(*COLUMNS) or any("nclude" in cell.text for row in table.rows for cell in row)
        ):
            continue
        codes, included = own.setdefault(number[1], ({}, []))
        _read(table, codes, included, notes)
        said = properties(book, table.section.id)
        type_ = said.get("type", "").casefold()
        extensible = "0" if type_.startswith("non") else "1" if type_.startswith("ext") else ""
        uid = re.sub(r"[^0-9.]", "", said.get("uid", ""))
        name = table.section.title or table.caption
        groups.setdefault(number[1], (number[1], name, uid, extensible, said.get("version", "")))
    if not groups:
        return {}, []
    rows: list[Row] = []
    for cid in sorted(groups, key=int):
        resolved = _resolved(cid, own, notes)
        rows += sorted((cid, scheme, value, meaning) for (value, scheme), meaning in resolved.items())
    return {
        "context_groups": [groups[cid] for cid in sorted(groups, key=int)],
        "context_group_codes": rows,
        "codes": sorted({row[1:] for row in rows}),
    }, list(dict.fromkeys(notes))


def properties(book: Book, section: str) -> dict[str, str]:
    """What the paragraphs of a section say of a template or context group: type, order, root, version, UID; keys in lower case."""
    found: dict[str, str] = {}
    for paragraph in book.paragraphs.get(section, ()):
        said = re.fullmatch(r"(Type|Order|Root|Version|UID):\s*(.*)", paragraph, re.I)
        if said is not None:
            found.setdefault(said[1].casefold(), said[2])
    return found


def _read(table: Table, codes: dict[Code, str], included: list[str], notes: list[str]) -> None:
    columns = table.columns(*COLUMNS)
    for row in table.rows:
        targets = [m[1] for cell in row for link in cell.links if (m := re.fullmatch(r"sect_CID_(\d+)", link))]
        if any(re.match(r"include\b", cell.text, re.I) for cell in row):
            included += targets
            continue
        if columns is None:
            continue
        scheme, value, meaning = (row[n].text for n in columns)
        if not scheme or not value:
            continue
        if re.search(r"\s", value) or re.search(r"\s", scheme):
            notes.append(
                f"CID {table.section.id.rpartition('_')[2]}: the code {value!r} of {scheme!r} holds spaces; left out"
            )
            continue
        codes.setdefault((value, scheme), meaning)


def _resolved(cid: str, own: dict[str, tuple[dict[Code, str], list[str]]], notes: list[str]) -> dict[Code, str]:
    """The codes of a group and of those that it includes, which may include each other, with their meanings there."""
    found: dict[Code, str] = {}
    waiting, seen = [cid], {cid}
    for group in waiting:
        codes, included = own[group]
        found = codes | found
        for other in included:
            if other not in own:
                notes.append(f"CID {group} includes CID {other}, which the file does not have")
            elif other not in seen:
                seen.add(other)
                waiting.append(other)
    return found
