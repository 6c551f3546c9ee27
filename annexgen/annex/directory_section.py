"""Section Basic Directory IOD: what all Directory Records have, then the keys of every type (PS3.2 Table N.9-50)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import CONDITIONAL
from annexgen.analyzers.sources import propose_directory_source
from annexgen.annex import boilerplate, columns
from annexgen.annex.coded_values import coded_section, placed
from annexgen.annex.drafts import (
    CODED,
    SopClassDraft,
)
from annexgen.annex.joined_records import RECORDS, joined_view, keys_of, record_types, untyped
from annexgen.annex.model import (
    Cell,
    Row,
    Status,
    Table,
    table_token,
)
from annexgen.annex.rows import attribute_rows
from annexgen.annex.sharing import SharedTables, table_of
from annexgen.profile.paths import steps

if TYPE_CHECKING:
    from annexgen.annex.outline import Outline
    from annexgen.annex.rows import SopClassView
    from annexgen.profile.model import Limits

OFFSETS = frozenset({"(0004,1200)", "(0004,1202)", "(0004,1400)", "(0004,1420)"})
"""Places in the file, which say nothing about a product."""
_ABBREVIATIONS = frozenset({"SR", "RT"})


def directory_section(outline: Outline, identifier: str, directories: list[SopClassDraft], limits: Limits) -> None:
    """Section "Basic Directory IOD" (PS3.2 Table N.9-50)."""
    title = "Basic Directory IOD"
    if not directories:
        outline.section(identifier, title)
        return
    one = directories[0]
    view = one.view
    coded = f"{CODED}:{view.uid}"
    rows: list[Row] = []
    top = [p for p in view.children.get("", ()) if not steps(p)[-1].private]
    for caption, chosen in (
        ("File Set Identification Module", [p for p in top if p < "(0004,1200)"]),
        ("Directory Information Module", [p for p in top if p >= "(0004,1200)"]),
    ):
        rows.append(_caption(caption))
        rows.extend(attribute_rows(view, sorted(chosen), coded))
    types = record_types(view)
    joined = joined_view(view, limits)
    for row in attribute_rows(joined, sorted(joined.children.get(RECORDS, ())), coded, 1):
        rows.append(_in_some_types(replace(row, covers=(*row.covers, *joined.places[row.path])), view, types))
    view.listed.update(joined.listed)
    covered: set[str] = set()
    for record in types:
        rows.append(_caption(f"{record_type_title(record)} Keys"))
        for row in attribute_rows(view, keys_of(view, record), coded, 1):
            first = tuple(p for p in map(untyped, (row.path, *row.covers)) if p not in covered)
            covered.update(first)
            rows.append(replace(row, covers=row.covers + first))
    rows = [_with_source(_without_offset(row)) for row in rows]
    table = Table("directory", "directory", title, columns.ATTRIBUTE, tuple(rows), (view.uid,))
    private = [draft for draft, _ in one.private_drafts]
    tables = [table, *(table_of(draft, one, SharedTables())[1] for draft in private)]
    text = boilerplate.STRUCTURE.format(table=table_token("directory"), iod=f"the {title}")
    outline.section(identifier, title, (text,), tuple(t for t in tables if t is not None))
    if view.listed:
        coded_section(
            outline,
            f"{identifier}.1",
            view.uid,
            f"Values and Code Sets for {title}",
            title,
            placed("directory", "directory", (), view.listed),
            (view.uid,),
        )


def record_type_title(record_type: str) -> str:
    """A Directory Record Type as captions of Table N.9-50 spell it: SR Document for SR DOCUMENT."""
    words = record_type.split(" ")
    return " ".join(word if word in _ABBREVIATIONS else word.capitalize() for word in words)


def _caption(text: str) -> Row:
    return Row({"Attribute Name": Cell(text, Status.STANDARD)}, heading=True)


def _in_some_types(row: Row, view: SopClassView, types: list[str]) -> Row:
    """The row of an attribute that only some types of records have, with the condition that says which."""
    typed = [path for path in row.covers if path in view.presence]
    having = [record for record in types if any(path.startswith(f"{RECORDS}[{record}]/") for path in typed)]
    always = all(view.presence[path].of_attribute != CONDITIONAL for path in typed)
    if row.cells["Conditions"].status is not Status.UNKNOWN or len(having) == len(types) or not always:
        return row
    *others, last = having
    named = f"{', '.join(others)} or {last}" if others else last
    text = f"Present if Directory Record Type (0004,1430) is {named}."
    only = row.cells["Presence of Value"].text == CONDITIONAL
    return row if only else replace(row, cells={**row.cells, "Conditions": Cell(text)})


def _without_offset(row: Row) -> Row:
    if row.path.rpartition("/")[2] not in OFFSETS:
        return row
    return replace(row, cells={**row.cells, "Value": Cell("", reason="a place in the file")}, values=(), closed=False)


def _with_source(row: Row) -> Row:
    """The row with the Source that its role suggests, where none is known."""
    cell = row.cells.get("Source")
    found = propose_directory_source(row.path) if cell is not None and cell.status is Status.UNKNOWN else None
    if found is None:
        return row
    return replace(row, cells={**row.cells, "Source": Cell(found.source, Status.PROPOSED, found.reason)})
