"""Fills in the Source of drafts: what is proposed, or unknown (PS3.2 N.9, column "Source")."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import CONDITIONAL
from annexgen.analyzers.sources import follows_sources, propose_source, source_of_items
from annexgen.annex.drafts import all_drafts
from annexgen.annex.model import Cell, Status

if TYPE_CHECKING:
    from annexgen.analyzers.links import SopClassLinks
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.drafts import SopClassDraft
    from annexgen.annex.model import Row
    from annexgen.annex.rows import SopClassView

SRC_COPY = "SRC_COPY"


def propose_sources(one: SopClassDraft, thresholds: Thresholds, links: SopClassLinks | None = None) -> None:
    """Replace the open Sources of one SOP Class by proposals; `links` is what its instances say about others."""
    for draft in all_drafts(one):
        view = one.group_view if draft.kind == "macro" else one.view

        def proposed(row: Row, view: SopClassView = view, macro: bool = draft.kind == "macro") -> Row:
            cell = row.cells.get("Source")
            if cell is None or row.path not in view.profile.paths:
                return row
            places = one.groups.absolute.get(row.path, ()) if macro else (row.path,)
            cells = dict(row.cells)
            if links is not None:
                _copied(cells, places, links, thresholds)
            if cell.status is not Status.CONFIRMED:
                statistics, seen = view.profile.paths[row.path], view.presence[row.path]
                found = propose_source(places, statistics, seen, thresholds, links)
                if found is not None:
                    cells["Source"] = Cell(found.source, Status.PROPOSED, found.reason)
                elif links is not None and cell.status is Status.UNKNOWN and links.made_from_others:
                    cells["Source"] = replace(cell, reason=_uncompared(links))
            return replace(row, cells=cells)

        draft.rows = _with_sequences([proposed(row) for row in draft.rows])


def _with_sequences(rows: list[Row]) -> tuple[Row, ...]:
    """The rows with an open Source of a Sequence proposed from those of the rows in it, innermost first."""
    for number in reversed(range(len(rows))):
        row = rows[number]
        inside = _inside(rows, number)
        source = row.cells.get("Source")
        if not inside or source is None or source.status is not Status.UNKNOWN:
            continue
        found = source_of_items(
            row.path, (other.cells["Source"].text for other in inside if other.level == row.level + 1)
        )
        if found is not None:
            rows[number] = replace(
                row, cells={**row.cells, "Source": Cell(found.source, Status.PROPOSED, found.reason)}
            )
    return tuple(rows)


def _inside(rows: list[Row], number: int) -> list[Row]:
    level = rows[number].level
    return list(takewhile(lambda other: other.level > level, rows[number + 1 :]))


def _uncompared(links: SopClassLinks) -> str:
    """Why nothing is said of values that may have been copied; "" where all could be compared."""
    missing = links.instances - links.resolved
    if not missing:
        return ""
    return f"made from others, which for {missing} of {links.instances} instances are not in the corpus or its sample"


def _copied(cells: dict[str, Cell], places: tuple[str, ...], links: SopClassLinks, thresholds: Thresholds) -> None:
    """Say SRC_COPY where presence follows the sources and nothing in the instance explains it."""
    if cells["Presence of Attribute"].text != CONDITIONAL or cells["Conditions"].status is not Status.UNKNOWN:
        return
    reason = follows_sources(places, links, thresholds)
    if reason:
        cells["Presence of Attribute"] = Cell(SRC_COPY, Status.PROPOSED, reason)
        cells["Conditions"] = Cell("Present if present in the source instances.", Status.PROPOSED, reason)
