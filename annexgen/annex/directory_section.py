"""Section Basic Directory IOD: keys of every record type that the corpus has (PS3.2 Table N.9-50)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.analyzers.sources import propose_directory_source
from annexgen.annex import columns
from annexgen.annex.coded_values import coded_section
from annexgen.annex.drafts import (
    CODED,
    SopClassDraft,
)
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


def directory_section(outline: Outline, identifier: str, directories: list[SopClassDraft]) -> None:
    """Section "Basic Directory IOD" (PS3.2 Table N.9-50)."""
    title = "Basic Directory IOD"
    if not directories:
        outline.section(identifier, title)
        return
    one = directories[0]
    view = one.view
    rows: list[Row] = []
    records = "(0004,1220)"
    top = [p for p in view.children.get("", ()) if not steps(p)[-1].private]
    for caption, chosen in (
        ("File Set Identification Module", [p for p in top if p < "(0004,1200)"]),
        ("Directory Information Module", [p for p in top if p >= "(0004,1200)"]),
    ):
        rows.append(Row({"Attribute Name": Cell(caption, Status.STANDARD)}, heading=True))
        rows.extend(attribute_rows(view, sorted(chosen), f"{CODED}:{view.uid}"))
    covered: set[str] = set()
    types = sorted({p for p in view.children if p.startswith(f"{records}[") and p.count("]") == 1 and p.endswith("]")})
    for record in types:
        caption = f"{record.removeprefix(f'{records}[').removesuffix(']')} Keys"
        rows.append(Row({"Attribute Name": Cell(caption)}, heading=True))
        for row in attribute_rows(view, sorted(view.children[record]), f"{CODED}:{view.uid}", 1):
            plain = [_unqualified(p) for p in (row.path, *row.covers)]
            first = tuple(p for p in plain if p not in covered)
            covered.update(first)
            rows.append(replace(row, covers=row.covers + first))
    rows = [_with_source(row) for row in rows]
    table = Table("directory", "directory", title, columns.ATTRIBUTE, tuple(rows), (view.uid,))
    private = [draft for draft, _ in one.private_drafts]
    tables = [table, *(table_of(draft, one, SharedTables())[1] for draft in private)]
    text = f"{table_token('directory')} defines the structure of the Basic Directory IOD."
    outline.section(identifier, title, (text,), tuple(t for t in tables if t is not None))
    if view.listed:
        coded_section(
            outline,
            f"{identifier}.1",
            view.uid,
            f"Values and Code Sets for {title}",
            title,
            view.listed,
            (view.uid,),
        )


def _with_source(row: Row) -> Row:
    """The row with the Source that its role suggests, where none is known."""
    cell = row.cells.get("Source")
    found = propose_directory_source(row.path) if cell is not None and cell.status is Status.UNKNOWN else None
    if found is None:
        return row
    return replace(row, cells={**row.cells, "Source": Cell(found.source, Status.PROPOSED, found.reason)})


def _unqualified(path: str) -> str:
    return path.partition("[")[0] + path.partition("]")[2]
